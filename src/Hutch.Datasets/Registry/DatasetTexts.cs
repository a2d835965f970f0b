namespace Hutch.Datasets.Registry;

internal static class DatasetTexts
{
    private const int MaxTypeCharacters = 100;
    private const int MaxTitleCharacters = 500;

    /// <summary>Refuses an invalid title or type; absent values are valid.</summary>
    public static Result<Done> Check(string? title, string? type) =>
        title is { Length: > MaxTitleCharacters } || title?.Any(char.IsControl) == true
            ? ErrorCode.BadRequest.With($"The title must be one line of at most {MaxTitleCharacters} characters.")
            : type is not null && !IsType(type)
                ? ErrorCode.InvalidName.With(
                    $"{Display.Quote(type)} is not a type: use lowercase words with hyphens, separated by slashes, "
                    + "such as 'mx/rotation'.")
                : Done.Value;

    private static bool IsType(string type) => type.Length is > 0 and <= MaxTypeCharacters
        && type.Split('/').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
}
