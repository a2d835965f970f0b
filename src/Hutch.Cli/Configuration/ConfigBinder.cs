using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Hutch.Cli.Configuration;

/// <summary>Fills the options classes with the settings, and checks them: ranges, required values, and the rules of each class.</summary>
internal sealed class ConfigBinder(IReadOnlyDictionary<string, ConfigSetting> settings, List<string> problems)
{
    private const int MaxSecretBytes = 64 * 1024;

    public object Bind(ConfigNode section, string path)
    {
        object options = Activator.CreateInstance(section.Type)!;
        foreach (ConfigNode node in section.Children)
        {
            string at = path.Length == 0 ? node.Name : $"{path}.{node.Name}";
            if (Read(node, at) is { } value)
            {
                node.Property!.SetValue(options, value);
            }
        }

        Check(options, section, path);
        return options;
    }

    private object? Read(ConfigNode node, string at) => node.Kind switch
    {
        ConfigKind.Section => Bind(node, at),
        ConfigKind.Value => settings.TryGetValue(at, out ConfigSetting? setting) ? ReadValue(setting, at) : null,
        ConfigKind.ValueList => ReadItems(node, at, path => ReadValue(settings[path], at)),
        _ => ReadItems(node, at, path => Bind(node, path)),
    };

    private object? ReadValue(ConfigSetting setting, string at)
    {
        string? text = setting.IsFile ? ReadSecret(setting, at) : setting.Text;
        if (text is null)
        {
            return null;
        }

        object? value = ConfigValue.Parse(setting.Node, text, out string? problem);
        if (problem is not null)
        {
            problems.Add(
                $"{setting.Origin}: '{at}' is {(setting.Node.IsSecret ? "invalid" : Display.Quote(text))}: {problem}.");
        }

        return value;
    }

    private string? ReadSecret(ConfigSetting setting, string at)
    {
        try
        {
            using FileStream file = File.OpenRead(setting.Text);
            if (file.Length <= MaxSecretBytes)
            {
                using var reader = new StreamReader(file);
                return reader.ReadToEnd().TrimEnd('\r', '\n');
            }

            problems.Add(
                $"{setting.Origin}: {Display.Quote(setting.Text)} for '{at}' exceeds {MaxSecretBytes} bytes, the limit for a secret.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{setting.Origin}: cannot read the secret '{at}' from its file: {e.Message}");
        }

        return null;
    }

    private Array? ReadItems(ConfigNode node, string at, Func<string, object?> read)
    {
        string start = at + ".";
        int[] positions =
        [
            .. settings.Keys.Where(key => key.StartsWith(start, StringComparison.Ordinal))
                .Select(key => int.Parse(key[start.Length..].Split('.')[0], CultureInfo.InvariantCulture)).Distinct().Order(),
        ];
        if (positions.Length == 0)
        {
            return null;
        }

        object?[] items = [.. positions.Select(position => read($"{at}.{position}"))];
        var array = Array.CreateInstance(node.Type, items.Length);
        items.CopyTo(array, 0);
        return array;
    }

    private void Check(object options, ConfigNode section, string path)
    {
        foreach (ConfigNode node in section.Children.Where(child => child.Kind == ConfigKind.Value))
        {
            object? value = node.Property!.GetValue(options);
            string at = path.Length == 0 ? node.Name : $"{path}.{node.Name}";
            foreach (ValidationAttribute rule in node.Property.GetCustomAttributes<ValidationAttribute>()
            .Where(rule => !rule.IsValid(value)))
            {
                string origin = settings.TryGetValue(at, out ConfigSetting? setting) ? setting.Origin : "default";
                problems.Add($"{origin}: {Describe(rule, at, node.IsSecret ? "(secret)" : ConfigValue.Write(value))}");
            }
        }

        if (options is IValidatableObject rules)
        {
            string where = path.Length == 0 ? "" : $"section '{path}': ";
            problems.AddRange(rules.Validate(new ValidationContext(options)).Select(result => where + result.ErrorMessage));
        }
    }

    private static string Describe(ValidationAttribute rule, string at, string value) => rule switch
    {
        RangeAttribute range =>
            string.Create(CultureInfo.InvariantCulture, $"'{at}' is {value}; it must be between {range.Minimum} and {range.Maximum}."),
        RequiredAttribute => $"'{at}' is required.",
        _ => $"'{at}' is {value}: {rule.FormatErrorMessage(at)}",
    };
}
