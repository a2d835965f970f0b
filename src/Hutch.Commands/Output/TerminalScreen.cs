namespace Hutch.Commands.Output;

/// <summary>Draws pages in place on a terminal, and restores the former content at the end.</summary>
internal sealed class TerminalScreen : IDisposable
{
    private readonly TextWriter _terminal;
    private readonly bool _hasColour;
    private readonly Func<(int Width, int Height)> _size;

    /// <param name="terminal">The raw terminal: this class escapes the text that it draws.</param>
    /// <param name="size">Its width and height, queried each time.</param>
    /// <param name="hasColour">True to show problems in colour.</param>
    internal TerminalScreen(TextWriter terminal, Func<(int Width, int Height)> size, bool hasColour = false)
    {
        _hasColour = hasColour;
        _terminal = terminal;
        _size = size;
        Send("\e[?1049h\e[?25l");
    }

    /// <summary>Draws a page over the last one; lines that do not fit below are left out, and counted.</summary>
    internal void Draw(Func<int, IReadOnlyList<string>> lines)
    {
        (int width, int height) = _size();
        IReadOnlyList<string> all = lines(width);
        var page = new StringBuilder("\e[H");
        int shown = all.Count <= height ? all.Count : Math.Max(height - 1, 0);
        for (int i = 0; i < shown; i++)
        {
            page.Append(i == 0 ? "" : "\r\n").Append(Coloured(TerminalWriter.Escape(all[i]))).Append("\e[K");
        }

        if (shown < all.Count)
        {
            page.Append("\r\n").Append(Human.Count(all.Count - shown, "more line")).Append("\e[K");
        }

        Send(page.Append("\e[J").ToString());
    }

    private string Coloured(string line) =>
        _hasColour && line.StartsWith("! ", StringComparison.Ordinal) ? Colour.Of(line, Colour.Problem) : line;

    public void Dispose() => Send("\e[?25h\e[?1049l");

    private void Send(string text)
    {
        _terminal.Write(text);
        _terminal.Flush();
    }
}
