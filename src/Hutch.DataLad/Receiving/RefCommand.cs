using Hutch.DataLad.Objects;
using Hutch.DataLad.Wire;

namespace Hutch.DataLad.Receiving;

/// <param name="From">Its present object, as the client knows it; zero for a new one.</param>
/// <param name="To">Its new object; zero to remove it.</param>
internal sealed record RefCommand(string Name, ObjectId From, ObjectId To)
{
    public bool IsRemoval => To.IsZero;

    public bool IsTag => Name.StartsWith(RefRules.TagPrefix, StringComparison.Ordinal);
}

/// <summary>The part of a push before its pack (gitprotocol-pack, "Reference Update Request").</summary>
internal sealed record PushRequest(IReadOnlyList<RefCommand> Commands, IReadOnlySet<string> Capabilities)
{
    private const int MaxCommands = 10_000;

    /// <summary>The branch of versions of a dataset without any; null to choose one by its name.</summary>
    public string? Main { get; init; }

    /// <summary>Reads it from the beginning of a body; what follows it is the pack.</summary>
    public static async Task<PushRequest> ReadAsync(Stream body, CancellationToken ct)
    {
        var commands = new List<RefCommand>();
        var capabilities = new HashSet<string>(StringComparer.Ordinal);
        byte[] head = new byte[PktReader.LengthDigits];
        while (true)
        {
            await ReadAsync(body, head, ct);
            if (!int.TryParse(head, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length)
                || length is not 0 and <= PktReader.LengthDigits)
            {
                throw NotPackets().ToException();
            }

            if (length == 0)
            {
                return new PushRequest(commands, capabilities);
            }

            byte[] line = new byte[length - PktReader.LengthDigits];
            await ReadAsync(body, line, ct);
            commands.Add(Parse(line, capabilities));
            if (commands.Count > MaxCommands)
            {
                throw ErrorCode.TooLarge.With($"The push changes more than {MaxCommands} branches and tags.").ToException();
            }
        }
    }

    private static RefCommand Parse(ReadOnlySpan<byte> line, HashSet<string> capabilities)
    {
        int end = line.IndexOf((byte)0);
        if (end >= 0)
        {
            capabilities.UnionWith(Encoding.UTF8.GetString(line[(end + 1)..]).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
            line = line[..end];
        }

        line = line.EndsWith("\n"u8) ? line[..^1] : line;
        const int NamesLength = (2 * ObjectId.TextLength) + 2;
        if (line.StartsWith("shallow "u8))
        {
            throw ErrorCode.BadRequest.With("A shallow clone cannot be pushed: `git fetch --unshallow` first.").ToException();
        }

        if (line.Length <= NamesLength || !ObjectId.TryParse(line[..ObjectId.TextLength], out ObjectId from)
            || !ObjectId.TryParse(line[(ObjectId.TextLength + 1)..(NamesLength - 1)], out ObjectId to)
            || !System.Text.Unicode.Utf8.IsValid(line))
        {
            throw NotPackets().ToException();
        }

        return new RefCommand(Encoding.UTF8.GetString(line[NamesLength..]), from, to);
    }

    private static async Task ReadAsync(Stream body, Memory<byte> destination, CancellationToken ct)
    {
        if (await body.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, ct) < destination.Length)
        {
            throw NotPackets().ToException();
        }
    }

    private static HutchError NotPackets() => ErrorCode.BadRequest.With("The request is cut off, or is not a push of git.");
}
