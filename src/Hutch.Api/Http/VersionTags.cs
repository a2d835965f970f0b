namespace Hutch.Api.Http;

/// <summary>Entity tags of numbered versions: the number in quotes.</summary>
internal static class VersionTags
{
    public static string For(long version) => $"\"{version.ToString(CultureInfo.InvariantCulture)}\"";

    /// <summary>The version that <c>If-Match</c> wants to be there; null not to check.</summary>
    public static long? Expected(ApiRequest request)
    {
        string? ifMatch = request.Header("If-Match");
        if (ifMatch is null or "*")
        {
            return null;
        }

        return long.TryParse(ifMatch.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out long version)
            ? version
            : throw ErrorCode.BadRequest.With(
                $"The header If-Match is {Display.Quote(ifMatch)}; it must be the version in quotes, as in the document's ETag.")
                .ToException();
    }
}
