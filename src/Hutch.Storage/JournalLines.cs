using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Hutch.Storage;

/// <summary>The one thing the store knows of record lines: that each begins with its sequence number, <c>{"seq":N,</c>.</summary>
public static class JournalLines
{
    /// <summary>The beginning of every record line, before its sequence number.</summary>
    public static ReadOnlySpan<byte> Prefix => "{\"seq\":"u8;

    public static bool TryReadSequence(ReadOnlySpan<byte> line, out long sequence)
    {
        sequence = 0;
        return line.StartsWith(Prefix)
            && Utf8Parser.TryParse(line[Prefix.Length..], out sequence, out int digits)
            && line.Length > Prefix.Length + digits
            && line[Prefix.Length + digits] is (byte)',' or (byte)'}';
    }

    /// <summary>
    /// Splits off the first line, its line feed included. False when nothing is left; a last line without line feed counts as one.
    /// </summary>
    public static bool TrySplit(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        if (rest.IsEmpty)
        {
            line = default;
            return false;
        }

        int end = rest.IndexOf((byte)'\n');
        int length = end < 0 ? rest.Length : end + 1;
        line = rest[..length];
        rest = rest[length..];
        return true;
    }

    internal static void Check(ReadOnlySpan<byte> lines, long first, long last)
    {
        if (lines.IsEmpty || lines[^1] != (byte)'\n')
        {
            Reject("a journal is made of lines that each end in a line feed");
        }

        long previous = first - 1;
        while (TrySplit(ref lines, out ReadOnlySpan<byte> line))
        {
            if (!TryReadSequence(line, out long sequence) || sequence <= previous || sequence > last)
            {
                Reject($"each line begins with {{\"seq\":N, where N rises from {first} to {last}");
            }

            previous = sequence;
        }
    }

    [DoesNotReturn]
    private static void Reject(string rule) =>
        throw new ArgumentException("The record lines are not a journal: " + rule + ".", nameof(rule));
}
