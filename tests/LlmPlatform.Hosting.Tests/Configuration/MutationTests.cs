using System.Text;

namespace LlmPlatform.Hosting.Tests.Configuration;

/// <summary>Whatever happens to a file, reading it ends in a configuration or in faults, not in an exception.</summary>
public sealed class MutationTests
{
    private const int Files = 400;
    private const string Signs = "{}[]:,-#&*!|>'\"%@`$\\\n\t ~?=0aé\0";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_damaged_file_gives_faults_and_shows_no_secret(int seed)
    {
        using var folder = GoldenConfiguration.Write();
        var random = new Random(seed);
        var original = Encoding.UTF8.GetBytes(GoldenConfiguration.Text);
        var refused = 0;
        for (var i = 0; i < Files; i++)
        {
            File.WriteAllBytes(folder.Main, Damage(original, random));

            var result = folder.Load();

            Assert.Equal(result.IsValid, result.Faults.Count == 0);
            Assert.All(result.Faults, fault => Assert.NotEmpty(fault.Message));
            Assert.DoesNotContain(
                result.Faults,
                fault => fault.ToString().Contains("openai-credential", StringComparison.Ordinal));
            refused += result.IsValid ? 0 : 1;
        }

        Assert.True(refused > Files / 2, $"Only {refused} of {Files} damaged files were refused.");
    }

    [Fact]
    public void Every_beginning_of_a_file_is_read_without_an_exception()
    {
        using var folder = GoldenConfiguration.Write();
        for (var length = 0; length < GoldenConfiguration.Text.Length; length += 7)
        {
            folder.Write(GoldenConfiguration.Text[..length]);

            var result = folder.Load();

            Assert.Equal(result.IsValid, result.Faults.Count == 0);
        }
    }

    private static byte[] Damage(byte[] original, Random random)
    {
        var bytes = original.ToList();
        for (var hits = random.Next(1, 6); hits > 0; hits--)
        {
            var at = random.Next(bytes.Count);
            var sign = (byte)Signs[random.Next(Signs.Length)];
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = sign;
                    break;
                case 2:
                    bytes.Insert(at, sign);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 80), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }
}
