namespace Hutch.Commands.Verbs.Files;

/// <summary>The option that names the site from which data come.</summary>
internal static class SiteOption
{
    private const string Data = "Read from this site of the zone (default: the server if it has all of it, else the home).";

    public static Option<string?> Make(string description = Data) => new("--site")
    {
        Description = description,
        HelpName = "SITE",
    };
}
