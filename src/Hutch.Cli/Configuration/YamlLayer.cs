using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Hutch.Cli.Configuration;

/// <summary>Reads a configuration file. Reports each problem with its line, and reads the rest.</summary>
internal sealed class YamlLayer(string file, List<string> problems)
{
    internal const int MaxFileBytes = 1 << 20;

    private readonly ConfigLayer _layer = new();
    private readonly string _name = Path.GetFileName(file);

    public static ConfigLayer Read(string file, ConfigNode root, List<string> problems)
    {
        var reader = new YamlLayer(file, problems);
        reader.ReadFile(root);
        return reader._layer;
    }

    private void ReadFile(ConfigNode root)
    {
        if (new FileInfo(file).Length > MaxFileBytes)
        {
            problems.Add($"{_name}: the file is larger than {MaxFileBytes} bytes, the limit for a configuration.");
            return;
        }

        var yaml = new YamlStream();
        try
        {
            using StreamReader text = File.OpenText(file);
            yaml.Load(text);
        }
        catch (YamlException e)
        {
            problems.Add($"{_name} line {e.Start.Line}: not valid YAML: {e.InnerException?.Message ?? e.Message}");
            return;
        }

        if (yaml.Documents.Count > 1)
        {
            problems.Add($"{_name} line {yaml.Documents[1].RootNode.Start.Line}: a second YAML document starts here; only one is allowed.");
        }

        if (yaml.Documents is [YamlDocument document, ..] && !IsNothing(document.RootNode))
        {
            ReadSection(document.RootNode, root, "");
        }
    }

    private void ReadSection(YamlNode yaml, ConfigNode section, string path)
    {
        if (IsNothing(yaml))
        {
            return;
        }

        if (yaml is not YamlMappingNode mapping)
        {
            Reject(yaml, $"{Where(section)} is a section; put its options below it.");
            return;
        }

        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            if (section.Find(name, out bool isFile) is not { } node
                || !string.Equals(isFile ? node.FileKey : node.Name, name, StringComparison.Ordinal))
            {
                Reject(key, $"unknown option {Display.Quote(name)} in {Where(section)}{Suggestion.For(name, section.Keys())}");
                continue;
            }

            ReadNode(value, node, path.Length == 0 ? node.Name : $"{path}.{node.Name}", isFile);
        }
    }

    private void ReadNode(YamlNode yaml, ConfigNode node, string path, bool isFile)
    {
        switch (node.Kind)
        {
            case ConfigKind.Section:
                ReadSection(yaml, node, path);
                break;
            case ConfigKind.Value:
                ReadValue(yaml, node, path, isFile);
                break;
            default:
                ReadList(yaml, node, path);
                break;
        }
    }

    private void ReadValue(YamlNode yaml, ConfigNode node, string path, bool isFile)
    {
        if (yaml is not YamlScalarNode scalar)
        {
            Reject(yaml, $"'{node.Path}' takes one value, not a list or a section.");
        }
        else if (!IsNothing(scalar))
        {
            _layer.Set(path, new ConfigSetting(node, scalar.Value ?? "", Origin(yaml), isFile));
        }
    }

    private void ReadList(YamlNode yaml, ConfigNode node, string path)
    {
        if (yaml is not YamlSequenceNode sequence)
        {
            Reject(yaml, $"'{node.Path}' takes a list: one item per line, each starting with '- '.");
            return;
        }

        if (node.Kind == ConfigKind.SectionList)
        {
            for (int i = 0; i < sequence.Children.Count; i++)
            {
                ReadSection(sequence.Children[i], node, $"{path}.{i}");
            }

            return;
        }

        if (sequence.Children.FirstOrDefault(item => item is not YamlScalarNode) is { } wrong)
        {
            Reject(wrong, $"the items of '{node.Path}' must be single values.");
            return;
        }

        string[] values = [.. sequence.Children.Cast<YamlScalarNode>().Select(item => item.Value ?? "")];
        _layer.SetList(path, node, values, i => Origin(sequence.Children[i]));
    }

    private void Reject(YamlNode where, string words) => problems.Add($"{Origin(where)}: {words}");

    private string Origin(YamlNode node) => $"{_name} line {node.Start.Line}";

    private static string Where(ConfigNode section) => section.Path.Length == 0 ? "the configuration" : $"the section '{section.Path}'";

    // An empty value and `~` mean that nothing is set; quotes around nothing mean an empty text.
    private static bool IsNothing(YamlNode yaml) => yaml is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" };
}
