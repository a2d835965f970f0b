namespace Hutch.Cli.Configuration;

/// <summary>Sets an option by its path, as a variable or a flag names it.</summary>
internal static class KeyedSetting
{
    /// <param name="key">The path; case is ignored.</param>
    /// <param name="text">The value; items of a list are separated by commas.</param>
    public static void Apply(ConfigLayer layer, ConfigNode root, string key, string text, string origin, List<string> problems)
    {
        ConfigNode node = root;
        string path = "";
        bool isFile = false;
        bool needsPosition = false;
        foreach (string part in key.Split('.'))
        {
            if (needsPosition || node.Kind == ConfigKind.ValueList)
            {
                if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int position) || position > 1000)
                {
                    problems.Add($"{origin}: '{path}' is a list; add the index of an item: 0, 1, 2…");
                    return;
                }

                path += "." + part;
                needsPosition = false;
                continue;
            }

            if (node.Find(part, out isFile) is not { } next)
            {
                string where = node.Path.Length == 0 ? "the configuration" : $"the section '{node.Path}'";
                problems.Add($"{origin}: unknown option {Display.Quote(part)} in {where}{Suggestion.For(part, node.Keys())}");
                return;
            }

            node = next;
            path = path.Length == 0 ? node.Name : $"{path}.{node.Name}";
            needsPosition = node.Kind == ConfigKind.SectionList;
        }

        Set(layer, node, path, text, origin, isFile, problems);
    }

    private static void Set(ConfigLayer layer, ConfigNode node, string path, string text, string origin, bool isFile, List<string> problems)
    {
        if (node.Kind is ConfigKind.Section or ConfigKind.SectionList)
        {
            problems.Add($"{origin}: '{path}' is a section; set one of its options: {string.Join(", ", node.Keys())}.");
        }
        else if (node.Kind == ConfigKind.ValueList && path == node.Path)
        {
            layer.SetList(path, node, text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), _ => origin);
        }
        else
        {
            layer.Set(path, new ConfigSetting(node, text, origin, isFile));
        }
    }
}
