using LlmPlatform.Bench;
using LlmPlatform.Bench.Books;
using LlmPlatform.Bench.Contenders;
using LlmPlatform.Bench.Growth;

return args switch
{
    ["forwarder", var port, var upstream] => await Forwarder.RunAsync(int.Parse(port), new Uri(upstream)),
    ["books", .. var options] => await BookRun.RunAsync(BenchOptions.Read(options)),
    ["spool", .. var options] => await SpoolRun.RunAsync(BenchOptions.Read(options)),
    ["growth", .. var options] => await GrowthRun.RunAsync(BenchOptions.Read(options)),
    ["run", .. var options] => await BenchRun.RunAsync(BenchOptions.Read(options)),
    _ => BenchOptions.Usage(),
};
