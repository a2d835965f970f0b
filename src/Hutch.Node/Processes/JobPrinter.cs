namespace Hutch.Node.Processes;

/// <summary>
/// Copies an output of a command to the log and to the output of its caller, without the texts of tokens. It never fails, because a
/// command blocks when its output is not read: output that cannot be written is skipped, and reported once.
/// </summary>
/// <param name="to">The output of the caller.</param>
public sealed class JobPrinter(JobLog log, Stream to, IReadOnlyList<string> tokens, Action<string> tell)
{
    private const string Instead = "[hutch: token]";

    private readonly byte[][] _tokens = [.. tokens.Where(token => token.Length > 0).Select(Encoding.UTF8.GetBytes)];
    private byte[] _held = [];
    private bool _isBroken;

    /// <summary>Adds output. A possible beginning of a token is held until more output arrives.</summary>
    internal async Task WriteAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        byte[] all = [.. _held, .. text.Span];
        byte[] clean = _tokens.Aggregate(all, Without);
        int held = _tokens.Length == 0 ? 0 : _tokens.Max(token => PendingBytes(clean, token));
        _held = clean[^held..];
        await PassOnAsync(clean.AsMemory(..^held), ct);
    }

    internal async Task EndAsync(CancellationToken ct)
    {
        await PassOnAsync(_held, ct);
        _held = [];
    }

    private static byte[] Without(byte[] text, byte[] token)
    {
        var clean = new List<byte>(text.Length);
        ReadOnlySpan<byte> rest = text;
        for (int at; (at = rest.IndexOf(token)) >= 0; rest = rest[(at + token.Length)..])
        {
            clean.AddRange(rest[..at]);
            clean.AddRange(Encoding.UTF8.GetBytes(Instead));
        }

        clean.AddRange(rest);
        return [.. clean];
    }

    /// <summary>The number of bytes at the end that are the beginning of a token.</summary>
    private static int PendingBytes(ReadOnlySpan<byte> text, byte[] token)
    {
        int held = Math.Min(token.Length - 1, text.Length);
        while (held > 0 && !text[^held..].SequenceEqual(token.AsSpan(0, held)))
        {
            held--;
        }

        return held;
    }

    private async Task PassOnAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        log.Write(text.Span);
        try
        {
            if (!_isBroken)
            {
                await to.WriteAsync(text, ct);
                await to.FlushAsync(ct);
            }
        }
        catch (IOException e)
        {
            _isBroken = true;
            tell($"The output of the command can no longer be shown; the command continues: {e.Message.TrimEnd('.')}.");
        }
    }
}
