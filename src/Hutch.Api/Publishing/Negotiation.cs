using Hutch.Publishing.Formats;
using Hutch.Publishing.Links;
using Microsoft.Net.Http.Headers;

namespace Hutch.Api.Publishing;

/// <summary>Finds the form of a publication that a request wants: the page, unless it names another.</summary>
internal static class Negotiation
{
    private const int MaxTypes = 50;

    /// <summary>The name of a form by the header <c>Accept</c>; null for the page.</summary>
    public static string? FormatOf(IList<string?> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out IList<MediaTypeHeaderValue>? types))
        {
            return null;
        }

        foreach (MediaTypeHeaderValue type in types.Take(MaxTypes).OrderByDescending(static one => one.Quality ?? 1))
        {
            string name = type.MediaType.Value ?? "";
            if (type.Quality == 0)
            {
                continue;
            }

            if (type.MatchesAllTypes || name.Equals("text/html", StringComparison.OrdinalIgnoreCase) || name == "application/xhtml+xml")
            {
                return null;
            }

            string? format = name.Equals(Signposting.MediaType, StringComparison.OrdinalIgnoreCase)
                ? Signposting.FormatName
                : WorkFormat.OfMediaType(name)?.Name;
            if (format is not null)
            {
                return format;
            }
        }

        return null;
    }
}
