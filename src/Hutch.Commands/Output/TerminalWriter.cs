namespace Hutch.Commands.Output;

/// <summary>
/// The writer of all output of a command. Names, messages and metadata come from other users: nothing in them may move the cursor,
/// set a title or turn the direction of the text. Such characters are written as <c>\uXXXX</c>, as in JSON.
/// </summary>
/// <param name="before">Called before each write: clears a progress line that is in the way.</param>
internal sealed class TerminalWriter(TextWriter inner, Action before) : TextWriter(CultureInfo.InvariantCulture)
{
    // Lines of several threads stay lines: a line and its end are one write.
    private readonly Lock _gate = new();

    public override Encoding Encoding => inner.Encoding;

    /// <summary>
    /// True once the reader has gone, such as <c>head</c> after its lines. The command then completes its work in silence.
    /// </summary>
    internal bool IsReaderGone { get; private set; }

    /// <summary>The text with everything that a terminal would act on written out, but for ends of lines.</summary>
    internal static string Escape(ReadOnlySpan<char> text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            _ = IsSafe(c) ? shown.Append(c) : shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return shown.ToString();
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            before();
            bool isSafe = true;
            foreach (char c in buffer)
            {
                isSafe &= IsSafe(c);
            }

            Send(isSafe ? buffer : Escape(buffer));
        }
    }

    /// <summary>Writes a line that begins with a word in a colour.</summary>
    internal void WriteLine(string word, string colour, string rest)
    {
        lock (_gate)
        {
            before();
            Send(Colour.Of(Escape(word), colour) + Escape(rest) + NewLine);
        }
    }

    private void Send(ReadOnlySpan<char> text)
    {
        if (IsReaderGone)
        {
            return;
        }

        try
        {
            inner.Write(text);
        }
        catch (IOException e) when (StandardStreams.IsReaderGone(e))
        {
            IsReaderGone = true;
        }
    }

    public override void WriteLine(string? value) => Write(string.Concat(value, NewLine));

    public override void WriteLine() => Write(NewLine);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();

    // Unpaired surrogates go through: no terminal acts on them.
    private static bool IsSafe(char c) => c is '\n' or '\t'
        || (!char.IsControl(c)
            && c is not ('\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069')));
}
