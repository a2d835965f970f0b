using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Buckets;

/// <summary>
/// The object that says which life of which folder owns a prefix of a bucket. Stores need not have conditional writes: each start writes an
/// id of its own, and a server that finds another one there stops writing.
/// </summary>
/// <param name="Site">The id of the folder in the bucket.</param>
/// <param name="Epoch">The number of the life.</param>
/// <param name="Start">The id of the last start.</param>
/// <param name="Place">The data folder on its machine; a copy of the folder is at another place.</param>
/// <param name="Machine">The name of the machine, for messages.</param>
/// <param name="Since">The time of the start.</param>
/// <param name="AloneSeconds">The time for which it may acknowledge writes without an answer of the bucket.</param>
/// <param name="MovedTo">The place to which the site has moved; null if it has not.</param>
internal sealed record FolderOwner(
    int Format,
    Guid Site,
    long Epoch,
    Guid Start,
    string Place,
    string Machine,
    DateTimeOffset Since,
    int? AloneSeconds = null,
    string? MovedTo = null)
{
    private const int MaxBytes = 4096;

    /// <summary>The machine and the time of the start, for messages.</summary>
    [JsonIgnore]
    public string Where => string.Create(
        CultureInfo.InvariantCulture, $"on {Machine} since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");

    /// <summary>Reads the owner; null when there is none.</summary>
    /// <exception cref="HutchException">The object is damaged.</exception>
    public static async Task<FolderOwner?> FindAsync(IObjectStore objects, string key, CancellationToken ct)
    {
        // It changes between the two requests when another server starts.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            if (await objects.FindLengthAsync(key, ct) is not { } length)
            {
                return null;
            }

            var bytes = new byte[Math.Min(length, MaxBytes)];
            if (length <= MaxBytes && await objects.ReadAsync(key, 0, bytes, length, ct) == ObjectReadOutcome.Read
                && Parse(bytes) is { } owner)
            {
                return owner;
            }
        }

        throw ErrorCode.Conflict.With(
            $"'{key}' in the bucket {objects.Name} does not say which data folder owns it. Restore it from a copy of the bucket.")
            .ToException();
    }

    /// <summary>Writes the owner and reads it again.</summary>
    /// <exception cref="HutchException">Another server wrote it at the same moment.</exception>
    public async Task WriteAsync(IObjectStore objects, string key, CancellationToken ct)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(CheckedLine.Seal(JsonSerializer.Serialize(this, FolderJson.Default.FolderOwner)) + "\n");
        await objects.PutAsync(key, ObjectBody.From(bytes), ct);
        if (await FindAsync(objects, key, ct) is not { } found || found.Start != Start)
        {
            throw ErrorCode.Conflict.With(
                $"Another server takes '{key}' in the bucket {objects.Name} at this moment. Start one only.").ToException();
        }
    }

    private static FolderOwner? Parse(byte[] bytes)
    {
        try
        {
            ReadOnlySpan<byte> line = bytes.AsSpan().TrimEnd((byte)'\n');
            return line.EndsWith("\"}"u8) && CheckedLine.IsWhole(line)
                ? JsonSerializer.Deserialize(line, FolderJson.Default.FolderOwner)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
