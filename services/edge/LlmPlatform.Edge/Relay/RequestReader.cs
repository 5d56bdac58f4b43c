using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmPlatform.Edge.Relay;

/// <summary>Step 2: the body, once, into rented memory, and what the gateway must know of it.</summary>
internal sealed class RequestReader(EdgeOptions options)
{
    // What a caller announces is not rented before it comes.
    private const int MostRentedAhead = 256 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<GatewayError?> ReadAsync(GatewayCall call)
    {
        var request = call.Http.Request;
        if (request.ContentLength > options.MaxRequestBytes)
        {
            return GatewayError.RequestTooLarge(options.MaxRequestBytes);
        }

        // The bound is ours, with an error in the caller's protocol; the server's own would end in a bare 413.
        call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        call.Body = new PooledBuffer((int)Math.Min(request.ContentLength ?? 4096, MostRentedAhead) + 1);
        try
        {
            if (!await ReadBodyAsync(request.BodyReader, call.Body, call.Http.RequestAborted))
            {
                return GatewayError.RequestTooLarge(options.MaxRequestBytes);
            }
        }
        catch (BadHttpRequestException broken) when (!call.Http.RequestAborted.IsCancellationRequested)
        {
            return GatewayError.InvalidRequest(broken.Message) with { Status = broken.StatusCode };
        }
        catch (IOException fault) when (fault is not ConnectionResetException
            && !call.Http.RequestAborted.IsCancellationRequested)
        {
            // What the server says of a chunk whose size is no number it can hold.
            return GatewayError.InvalidRequest("The body's chunks cannot be read.");
        }

        call.RequestBytes = call.Body.Length;
        await call.LeaveSocketAsync();
        call.Request = call.Api.Read(call.Body.Memory, out var error);
        return error;
    }

    private async ValueTask<bool> ReadBodyAsync(
        PipeReader body, PooledBuffer target, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (target.Length + read.Buffer.Length > options.MaxRequestBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                return false;
            }

            foreach (var part in read.Buffer)
            {
                part.CopyTo(target.GetMemory(part.Length));
                target.Advance(part.Length);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return true;
            }
        }
    }
}
