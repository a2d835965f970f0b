namespace Hutch.Publishing.Identifiers;

/// <summary>Addresses that a page may link to.</summary>
public static class WebAddress
{
    /// <summary>A web address in its normal form; null for anything else, such as a script.</summary>
    public static string? Parse(string? text) =>
        Uri.TryCreate(text?.Trim(), UriKind.Absolute, out Uri? address)
        && address is { Scheme: "https" or "http", UserInfo: "", Host.Length: > 0 }
            ? address.AbsoluteUri
            : null;

    /// <summary>The address of a work, from its DOI or a web address; null for anything else.</summary>
    public static string? OfWork(string? identifier) => Doi.Parse(identifier) is { } doi ? Doi.Address(doi) : Parse(identifier);
}
