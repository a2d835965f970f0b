using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Wire;

/// <summary>One request of protocol version 2 (gitprotocol-v2), as it was understood.</summary>
internal abstract record GitCommand
{
    private const string RefPrefix = "ref-prefix ";
    private const int MaxPrefixes = 1000;
    private const int MaxNames = 100_000;

    /// <param name="Prefixes">Only those that begin with one of these; all if there is none.</param>
    /// <param name="Unborn">True to include a HEAD without a target.</param>
    internal sealed record ListRefs(IReadOnlyList<string> Prefixes, bool Symrefs, bool Unborn) : GitCommand;

    /// <param name="Wants">The wanted objects, with everything that they refer to.</param>
    internal sealed record Fetch(
        IReadOnlyList<ObjectId> Wants, IReadOnlyList<ObjectId> Haves, bool IsDone, bool WantsProgress) : GitCommand;

    /// <summary>Reads a request. An unknown command is refused with a message, as the client has the list of capabilities.</summary>
    public static Result<GitCommand> Parse(ReadOnlySpan<byte> message)
    {
        var reader = new PktReader(message);
        string? command = null;
        PktKind kind;
        while ((kind = reader.Read(out ReadOnlySpan<byte> line)) == PktKind.Data)
        {
            if (line.StartsWith("command="u8))
            {
                command = Words(line["command=".Length..]);
            }
            else if (line.StartsWith("object-format="u8) && !line.SequenceEqual("object-format=sha1"u8))
            {
                return ErrorCode.BadRequest.With($"The client asks for {Display.Quote(Words(line))}; objects here are named by sha1.");
            }
        }

        var arguments = new List<string>();
        while (kind == PktKind.Delimiter && (kind = reader.Read(out ReadOnlySpan<byte> line)) == PktKind.Data)
        {
            arguments.Add(Words(line));
            if (arguments.Count > MaxNames)
            {
                return ErrorCode.TooLarge.With($"The request has more than {MaxNames} lines.");
            }

            kind = PktKind.Delimiter;
        }

        return kind is not (PktKind.Flush or PktKind.End)
            ? ErrorCode.BadRequest.With("The request is cut off, or is not made of git's packet lines.")
            : command switch
            {
                "ls-refs" => ParseListRefs(arguments),
                "fetch" => ParseFetch(arguments),
                null => ErrorCode.BadRequest.With(
                    "The request names no command. This server speaks version 2 of git's protocol (git 2.26 or newer)."),
                _ => ErrorCode.BadRequest.With($"There is no command {Display.Quote(command)} here; there are ls-refs and fetch."),
            };
    }

    private static Result<GitCommand> ParseListRefs(List<string> arguments)
    {
        string[] prefixes =
        [
            .. arguments.Where(static a => a.StartsWith(RefPrefix, StringComparison.Ordinal)).Select(static a => a[RefPrefix.Length..]),
        ];
        return prefixes.Length > MaxPrefixes
            ? ErrorCode.TooLarge.With($"The request has more than {MaxPrefixes} prefixes of refs.")
            : new ListRefs(prefixes, arguments.Contains("symrefs"), arguments.Contains("unborn"));
    }

    private static Result<GitCommand> ParseFetch(List<string> arguments)
    {
        var wants = new List<ObjectId>();
        var haves = new List<ObjectId>();
        foreach (string argument in arguments)
        {
            int space = argument.IndexOf(' ', StringComparison.Ordinal);
            (string word, string rest) = space < 0 ? (argument, "") : (argument[..space], argument[(space + 1)..]);
            if (word is "want" or "have")
            {
                if (!ObjectId.TryParse(Encoding.UTF8.GetBytes(rest), out ObjectId id))
                {
                    return ErrorCode.BadRequest.With(
                        $"{Display.Quote(rest)} is not the name of an object, which has {ObjectId.TextLength} hex digits.");
                }

                (word == "want" ? wants : haves).Add(id);
            }
            else if (word is "shallow" or "deepen" or "deepen-since" or "deepen-not" or "filter")
            {
                return ErrorCode.BadRequest.With("Shallow and partial clones are not served here: clone without --depth and --filter.");
            }
        }

        return wants.Count == 0
            ? ErrorCode.BadRequest.With("The client asks for nothing.")
            : new Fetch(wants, haves, arguments.Contains("done"), !arguments.Contains("no-progress"));
    }

    private static string Words(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line);
}
