using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Hutch.Contracts;

namespace Hutch.Cli.Configuration;

/// <summary>
/// Programs of the facility under *Open with* in the portal, beside those that it knows. Everybody who can open the portal sees them, so
/// they must not contain secrets.
/// </summary>
internal sealed partial class OpenWithSection : IValidatableObject
{
    private const int MaxCharacters = 2000;

    private static readonly string[] Known =
        ["server", "id", "name", "owner", "slug", "version", "path", "folder", "filename", "file", "zarr"];

    /// <summary>Name of the program, such as `CryoSPARC`. An entry replaces the portal's own of the same name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Types of datasets for which it is shown, such as `cryoem/session`. Without any: all.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>
    /// Endings of the files for which it is shown, such as `.mrc`. Without any: all files if the template has a placeholder of a file, and
    /// else the dataset.
    /// </summary>
    public IReadOnlyList<string> Suffixes { get; init; } = [];

    /// <summary>
    /// A command to copy, such as `hutch mount {name} {slug} &amp;&amp; viewer {slug}/{path}`. Values are quoted for a shell: write
    /// placeholders without quotes. Set this or `address`.
    /// </summary>
    public string? Command { get; init; }

    /// <summary>
    /// An address that opens it, such as `https://viewer.example.org/?url={file}`, of `http` or `https`. Values are percent-encoded.
    /// Placeholders, here and in `command`: `{server}`, `{id}`, `{name}` (owner/slug), `{owner}`, `{slug}`, `{version}` (empty for the
    /// newest), and of a file `{path}`, `{folder}`, `{filename}`, `{file}` (the address of its content) and `{zarr}` (that of its arrays).
    /// </summary>
    public string? Address { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > 64 || Name.Any(char.IsControl))
        {
            yield return new ValidationResult("'name' must have 1 to 64 characters.");
        }

        if (Command is null == Address is null)
        {
            yield return new ValidationResult("set 'command' or 'address', and not both.");
            yield break;
        }

        string template = Command ?? Address!;
        if (template.Length is 0 or > MaxCharacters || template.Any(char.IsControl))
        {
            yield return new ValidationResult($"the template must be one line of 1 to {MaxCharacters} characters.");
        }

        IEnumerable<string> names = Placeholder().Matches(template).Select(static match => match.Groups[1].Value);
        foreach (string name in names.Where(static name => !Known.Contains(name)))
        {
            yield return new ValidationResult(
                $"{{{name}}} is no placeholder; there are {string.Join(", ", Known.Select(static known => $"{{{known}}}"))}.");
        }

        if (Address is not null && !WebAddress().IsMatch(Address))
        {
            yield return new ValidationResult("'address' must begin with http:// or https:// and a host without placeholders.");
        }

        if (Types.Concat(Suffixes).FirstOrDefault(static text => text.Length is 0 or > 100 || text.Any(char.IsControl)) is { } wrong)
        {
            yield return new ValidationResult($"{Display.Quote(wrong)} is no type or suffix: they have 1 to 100 characters.");
        }
    }

    /// <summary>The entry as the portal gets it.</summary>
    public OpenWithInfo ToInfo() => new() { Name = Name, Types = Types, Suffixes = Suffixes, Command = Command, Address = Address };

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?([/?#]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex WebAddress();
}
