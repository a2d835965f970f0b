using System.Security.Cryptography;
using System.Text;

namespace Hutch.Publishing.Pages;

/// <summary>How the pages of publications look, and what they may do: nothing but look so.</summary>
public static class PageStyle
{
    internal static string Text { get; } = Read();

    /// <summary>The Content-Security-Policy of the pages: no script, no picture, no form; only the style above, by its hash.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string Read()
    {
        using var reader = new StreamReader(typeof(PageStyle).Assembly.GetManifestResourceStream("page.css")!);
        return reader.ReadToEnd();
    }
}
