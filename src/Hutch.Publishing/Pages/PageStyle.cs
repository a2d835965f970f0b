using System.Security.Cryptography;

namespace Hutch.Publishing.Pages;

public static class PageStyle
{
    internal static string Text { get; } = Read();

    /// <summary>The Content-Security-Policy of the pages: no scripts and forms; own pictures, and the style by its hash.</summary>
    public static string Policy { get; } = PolicyWith("'none'");

    /// <summary>The same for the list, which has the form of the search.</summary>
    public static string ListPolicy { get; } = PolicyWith("'self'");

    private static string PolicyWith(string forms) =>
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'; "
        + $"img-src 'self'; base-uri 'none'; form-action {forms}; frame-ancestors 'none'";

    private static string Read()
    {
        using var reader = new StreamReader(typeof(PageStyle).Assembly.GetManifestResourceStream("page.css")!);
        return reader.ReadToEnd();
    }
}
