using LlmPlatform.Edge.Idempotency;
using LlmPlatform.Hosting.Security;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Edge.Tests.Idempotency;

/// <summary>Who can read what is kept of a call, and who can tell what it was of.</summary>
public sealed class AnswerSealTests
{
    [Fact]
    public void An_answer_opens_only_where_it_was_sealed_and_says_the_same_again()
    {
        var response = new DefaultHttpContext().Response;
        response.StatusCode = 201;
        response.ContentType = "text/event-stream";
        response.Headers["X-Model"] = "m";
        response.Headers["X-Overhead-Ms"] = "0.5";
        var seal = SealOf(1);
        var kept = seal.Seal(KeptAnswer.Of(response, "id", new byte[] { 1, 2, 3 }).Write(), "idem:a");

        Assert.Null(seal.Open(kept, "idem:b"));
        Assert.Null(SealOf(2).Open(kept, "idem:a"));
        Assert.Null(seal.Open([1, 2, 3], "idem:a"));
        var answer = KeptAnswer.Read(seal.Open(kept, "idem:a"));
        Assert.Equal((201, "id"), (answer.Status, answer.RequestId));
        Assert.Equal(["Content-Type", "X-Model"], answer.Headers.Keys);
        Assert.Equal([1, 2, 3], answer.Body.ToArray());
    }

    [Fact]
    public void Names_and_fingerprints_tell_apart_where_texts_end()
    {
        Assert.Equal(AnswerSeal.NameOf("a", "b"), AnswerSeal.NameOf("a", "b"));
        Assert.NotEqual(AnswerSeal.NameOf("a", "b"), AnswerSeal.NameOf("ab", ""));
        var seal = SealOf(1);
        var fingerprint = seal.FingerprintOf("/v1", "ab"u8);
        Assert.True(seal.IsFingerprintOf(fingerprint, "/v1", "ab"u8));
        Assert.False(seal.IsFingerprintOf(fingerprint, "/v1a", "b"u8));
        Assert.False(SealOf(2).IsFingerprintOf(fingerprint, "/v1", "ab"u8));
    }

    [Fact]
    public void While_the_key_is_being_replaced_what_was_kept_before_is_found()
    {
        var before = SealOf(1);
        var fingerprint = before.FingerprintOf("/v1", "ab"u8);
        var kept = before.Seal("answer"u8, "idem:a");
        var after = SealOf(2, previous: 1);

        Assert.True(after.IsFingerprintOf(fingerprint, "/v1", "ab"u8));
        Assert.Equal("answer"u8.ToArray(), after.Open(kept, "idem:a"));
        Assert.Null(before.Open(after.Seal("new"u8, "idem:a"), "idem:a"));
    }

    private static AnswerSeal SealOf(byte key, byte? previous = null)
    {
        var faults = new List<string>();
        var cipher = CredentialCipher.Read(TextOf(key), faults, previous is { } one ? TextOf(one) : null);
        Assert.Empty(faults);
        return new AnswerSeal(cipher!.DeriveKeys(AnswerSeal.Purpose));
    }

    private static string TextOf(byte key) => Convert.ToBase64String([.. Enumerable.Repeat(key, 32)]);
}
