namespace Hutch.Cli.Configuration;

/// <summary>
/// Reads options from variables: <c>HUTCH_SECTION__KEY</c>, two underscores for each step down, one where a word begins
/// (<c>HUTCH_SITE__FOLD__QUIET_SECONDS</c>); items of a list by their position, or values of a list with commas between.
/// </summary>
internal static class EnvironmentLayer
{
    private const string Prefix = "HUTCH_";
    private const string Step = "__";

    /// <summary>Reads the variables. One that begins like an option and is none is a problem.</summary>
    public static ConfigLayer Read(IEnumerable<string> names, Func<string, string?> value, ConfigNode root, List<string> problems)
    {
        var layer = new ConfigLayer();
        foreach (string name in names.Where(IsOption).Order(StringComparer.Ordinal))
        {
            string key = string.Join(
                '.', name[Prefix.Length..].Split(Step).Select(part => part.Replace("_", "", StringComparison.Ordinal)));
            KeyedSetting.Apply(layer, root, key, value(name) ?? "", name, problems);
        }

        return layer;
    }

    private static bool IsOption(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.AsSpan(Prefix.Length).Contains(Step, StringComparison.Ordinal);
}
