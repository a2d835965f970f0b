using System.Collections;

namespace Hutch.Cli.Configuration;

/// <summary>Writes the configuration that holds as a file would have it, with where each value comes from. Secrets are not shown.</summary>
internal sealed class EffectiveConfiguration(LoadedConfiguration loaded)
{
    private const string Hidden = "\"(secret)\"";
    private const int OriginColumn = 60;

    private readonly StringBuilder _text = new();

    /// <summary>The text.</summary>
    /// <param name="all">Whether defaults are written too.</param>
    internal static string Write(LoadedConfiguration loaded, bool all)
    {
        var writer = new EffectiveConfiguration(loaded);
        writer.Section(ConfigurationReader.Root, loaded.Options, "", 0, all);
        return writer._text.ToString();
    }

    private void Section(ConfigNode section, object options, string path, int depth, bool all)
    {
        foreach (ConfigNode node in section.Children)
        {
            string at = path.Length == 0 ? node.Name : $"{path}.{node.Name}";
            object? value = node.Property!.GetValue(options);
            if (!all && !loaded.Settings.Keys.Any(key => key == at || key.StartsWith(at + ".", StringComparison.Ordinal)))
            {
                continue;
            }

            switch (node.Kind)
            {
                case ConfigKind.Section when value is not null:
                    Line(depth, node.Name + ":", null);
                    Section(node, value, at, depth + 1, all);
                    break;
                case ConfigKind.Value:
                    Line(depth, $"{node.Name}: {Shown(node, value)}".TrimEnd(), Origin(at));
                    break;
                default:
                    Items(node, value as IEnumerable, at, depth, all);
                    break;
            }
        }
    }

    private void Items(ConfigNode node, IEnumerable? values, string at, int depth, bool all)
    {
        object?[] items = values?.Cast<object?>().ToArray() ?? [];
        Line(depth, items.Length == 0 ? node.Name + ": []" : node.Name + ":", items.Length == 0 ? Origin(at) : null);
        for (int i = 0; i < items.Length; i++)
        {
            if (node.Kind == ConfigKind.ValueList)
            {
                Line(depth + 1, "- " + Shown(node, items[i]), Origin($"{at}.{i}"));
                continue;
            }

            int start = _text.Length;
            Section(node, items[i]!, $"{at}.{i}", depth + 2, all);
            if (_text.Length > start)
            {
                _text[start + (2 * (depth + 1))] = '-';
            }
        }
    }

    private void Line(int depth, string text, string? origin)
    {
        int start = _text.Length;
        _text.Append(' ', 2 * depth).Append(text);
        if (origin is not null)
        {
            _text.Append(' ', Math.Max(1, OriginColumn - (_text.Length - start))).Append(CultureInfo.InvariantCulture, $"# {origin}");
        }

        _text.Append('\n');
    }

    private string Origin(string path) => loaded.Settings.TryGetValue(path, out ConfigSetting? setting) ? setting.Origin : "default";

    private static string Shown(ConfigNode node, object? value) => node.IsSecret && value is not null ? Hidden : ConfigValue.Write(value);
}
