using System.Text;

namespace Hutch.Cli.Jobs;

/// <summary>
/// Takes what a command prints to one of its outputs: to the log and to whoever started it, without the text of the token. Never fails, as
/// a command whose output nobody takes would stand still: what cannot be written is left out, and said once.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="to">The output of whoever started it.</param>
/// <param name="token">What must not be seen; null for nothing.</param>
/// <param name="tell">Takes a sentence for a person.</param>
internal sealed class JobPrinter(JobLog log, Stream to, string? token, Action<string> tell)
{
    private const string Instead = "[hutch: token]";

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token ?? "");
    private byte[] _held = [];
    private bool _isBroken;

    /// <summary>Takes what was printed. What may be the beginning of the token waits for what comes next.</summary>
    internal async Task WriteAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        byte[] all = [.. _held, .. text.Span];
        byte[] clean = WithoutToken(all);
        int held = HeldBytes(clean);
        _held = clean[^held..];
        await PassOnAsync(clean.AsMemory(..^held), ct);
    }

    /// <summary>Nothing more comes.</summary>
    internal async Task EndAsync(CancellationToken ct)
    {
        await PassOnAsync(_held, ct);
        _held = [];
    }

    private byte[] WithoutToken(byte[] text)
    {
        if (_token.Length == 0)
        {
            return text;
        }

        var clean = new List<byte>(text.Length);
        ReadOnlySpan<byte> rest = text;
        for (int at; (at = rest.IndexOf(_token)) >= 0; rest = rest[(at + _token.Length)..])
        {
            clean.AddRange(rest[..at]);
            clean.AddRange(Encoding.UTF8.GetBytes(Instead));
        }

        clean.AddRange(rest);
        return [.. clean];
    }

    /// <summary>How much of the end is the beginning of the token.</summary>
    private int HeldBytes(ReadOnlySpan<byte> text)
    {
        int held = Math.Min(Math.Max(_token.Length - 1, 0), text.Length);
        while (held > 0 && !text[^held..].SequenceEqual(_token.AsSpan(0, held)))
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
            tell($"What the command prints can no longer be shown, and the command goes on: {e.Message.TrimEnd('.')}.");
        }
    }
}
