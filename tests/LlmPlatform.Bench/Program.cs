using LlmPlatform.Bench;
using LlmPlatform.Bench.Contenders;

return args switch
{
    ["forwarder", var port, var upstream] => await Forwarder.RunAsync(int.Parse(port), new Uri(upstream)),
    ["run", .. var options] => await BenchRun.RunAsync(BenchOptions.Read(options)),
    _ => BenchOptions.Usage(),
};
