namespace Hutch.Commands.Services;

/// <summary>A program that the system starts for a user and starts again when it fails. It holds no secret.</summary>
/// <param name="Name">Lower-case letters, digits, dashes: the name for the system.</param>
/// <param name="Environment">Variables that it needs besides those of the user.</param>
internal sealed record ServiceDefinition(
    string Name, string Description, string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The wait before it is started again, after a failure that a person must mend.</summary>
    internal const int RestartSeconds = 60;

    private const int MaxSlug = 40;
    private const int PathDigits = 8;

    /// <summary>Names the service of a folder: the same for the same path.</summary>
    internal static string NameFor(string folder)
    {
        string name = Path.GetFileName(folder.TrimEnd('/', '\\')).ToLowerInvariant();
        string slug = new([.. name.Where(char.IsAsciiLetterOrDigit).Take(MaxSlug)]);
        string digits = BlobHash.Compute(Encoding.UTF8.GetBytes(folder)).ToString()[..PathDigits];
        return $"hutch-watch-{(slug.Length == 0 ? "folder" : slug)}-{digits}";
    }

    /// <exception cref="HutchException">A text has characters that the files of services cannot hold.</exception>
    internal void RefuseControlCharacters()
    {
        foreach (string text in Arguments.Concat(Environment.Values).Append(Program).Append(Description))
        {
            if (text.Any(char.IsControl))
            {
                throw ErrorCode.BadRequest.With($"{Display.Quote(text)} has a control character: a service cannot be started with it.")
                    .ToException();
            }
        }
    }
}
