using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Hutch.Site.Platform.Servers;

namespace Hutch.Datasets.Servers;

/// <summary>Questions to other servers whose answers are JSON.</summary>
internal static class AnswersAsJson
{
    /// <summary>Asks a server, once.</summary>
    /// <exception cref="HutchException">It refuses, does not answer as it should, or runs another version.</exception>
    public static async Task<T?> RequestAsync<T>(
        this IOtherServers others, SiteServer server, ServerQuery question, JsonTypeInfo<T> type, int maxBytes, CancellationToken ct)
    {
        byte[] answer = ArrayPool<byte>.Shared.Rent(maxBytes);
        int length = 0;
        try
        {
            length = await others.RequestAsync(server, question, answer.AsMemory(0, maxBytes), ct);
            return JsonSerializer.Deserialize(answer.AsSpan(0, length), type);
        }
        catch (JsonException e)
        {
            throw new HutchException(
                ErrorCode.Unavailable.With($"The server '{server.Name}' runs another version, whose answer this one cannot read."), e);
        }
        finally
        {
            // A letter has an invite in it.
            answer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(answer);
        }
    }
}
