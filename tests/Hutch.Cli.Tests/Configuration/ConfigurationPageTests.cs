using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Cli.Configuration;
using Hutch.Testing;

namespace Hutch.Cli.Tests.Configuration;

/// <summary>Writes docs/reference/configuration.md from the options classes and what they say of themselves.</summary>
public sealed partial class ConfigurationPageTests
{
    private readonly Dictionary<string, XDocument> _descriptions = [];

    [Fact]
    public void The_reference_page_is_what_the_classes_have()
    {
        var page = new StringBuilder(File.ReadAllText(Path.Combine(Snapshots.Folder(), "configuration-head.md")));
        foreach (ConfigNode section in ConfigurationReader.Root.Children)
        {
            WriteSection(page, section);
        }

        Snapshots.Check(Path.Combine(Snapshots.Repository, "docs/reference/configuration.md"), page.ToString());
    }

    [Fact]
    public void Every_number_has_a_range()
    {
        string[] without =
        [
            .. Values(ConfigurationReader.Root)
                .Where(node => (node.Type == typeof(int) || node.Type == typeof(long) || node.Type == typeof(double)) && node.Property!.GetCustomAttribute<RangeAttribute>() is null)
                .Select(node => node.Path),
        ];

        Assert.Empty(without);
    }

    [Fact]
    public void Every_option_has_a_description()
    {
        Assert.Empty(Values(ConfigurationReader.Root).Where(node => Describe(node).Length == 0).Select(node => node.Path));
    }

    private static IEnumerable<ConfigNode> Values(ConfigNode section) =>
        section.Children.SelectMany(child => child.Children.Count > 0 ? Values(child) : [child]);

    private void WriteSection(StringBuilder page, ConfigNode section)
    {
        string path = section.Kind == ConfigKind.SectionList ? section.Path + "[]" : section.Path;
        page.Append(CultureInfo.InvariantCulture, $"\n## {path}\n\n{Markdown.Paragraph(Describe(section))}");
        ConfigNode[] own = [.. section.Children.Where(child => child.Children.Count == 0)];
        if (own.Length > 0)
        {
            object defaults = Activator.CreateInstance(section.Type)!;
            page.Append('\n');
            foreach (ConfigNode node in own)
            {
                string value = Default(node, defaults);
                string range = (value.Length == 0 ? "" : $"default {value}; ") + Allowed(node);
                page.Append(Markdown.Item($"**`{node.Name}`** ({range}): {Markdown.Sentence(Describe(node))}"));
            }
        }

        foreach (ConfigNode child in section.Children.Where(child => child.Children.Count > 0))
        {
            WriteSection(page, child);
        }
    }

    private static string Default(ConfigNode node, object defaults)
    {
        object? value = node.Property!.GetValue(defaults);
        string text = node.Kind == ConfigKind.ValueList
            ? string.Join(", ", ((System.Collections.IEnumerable?)value)?.Cast<object?>().Select(ConfigValue.Write) ?? [])
            : ConfigValue.Write(value);
        return text.Length == 0 ? "" : $"`{text}`";
    }

    private static string Allowed(ConfigNode node)
    {
        if (node.IsSecret)
        {
            return $"secret; or `{node.FileKey}`, a file with it";
        }

        string list = node.Kind == ConfigKind.ValueList ? "list of " : "";
        if (node.Property!.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            double max = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{list}{range.Minimum} {(max > 9e18 ? "or more" : $"to {range.Maximum}")}");
        }

        return list + (node.Type.IsEnum ? string.Join(", ", Enum.GetNames(node.Type).Select(name => $"`{char.ToLowerInvariant(name[0])}{name[1..]}`"))
            : node.Type == typeof(bool) ? "`true`, `false`"
            : node.Type == typeof(Uri) ? "address"
            : "text");
    }

    private string Describe(ConfigNode node)
    {
        PropertyInfo property = node.Property!;
        Assembly assembly = property.DeclaringType!.Assembly;
        string file = Path.ChangeExtension(assembly.Location, ".xml");
        if (!_descriptions.TryGetValue(file, out XDocument? document))
        {
            _descriptions[file] = document = XDocument.Load(file);
        }

        string id = $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}";
        XElement? summary = document.Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == id)?.Element("summary");
        return summary is null ? "" : Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();
    }

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{((string?)see.Attribute("cref") ?? "").Split('.')[^1]}`",
        XElement other => other.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
