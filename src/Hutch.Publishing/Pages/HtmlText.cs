using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Hutch.Publishing.Pages;

/// <summary>HTML as it is written. Every value in braces is escaped automatically.</summary>
internal sealed class HtmlText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new();

    public HtmlText Add([InterpolatedStringHandlerArgument("")] ref Escaped html)
    {
        _ = html;
        return this;
    }

    /// <summary>Writes markup without user text.</summary>
    public HtmlText AddConstant(string html)
    {
        _html.Append(html);
        return this;
    }

    public override string ToString() => _html.ToString();

    [InterpolatedStringHandler]
    public readonly ref struct Escaped
    {
        private readonly StringBuilder _html;

        public Escaped(int literalLength, int formattedCount, HtmlText text)
        {
            _html = text._html;
            _html.EnsureCapacity(_html.Length + literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string literal) => _html.Append(literal);

        public void AppendFormatted(string? value) => _html.Append(Encoder.Encode(value ?? ""));
    }
}
