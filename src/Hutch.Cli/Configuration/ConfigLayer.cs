namespace Hutch.Cli.Configuration;

/// <summary>
/// The settings of one source: paths, which may contain list positions (<c>oidc.providers.0.id</c>), and their values. A higher layer
/// overrides single values; a list of values that it sets replaces the whole list below.
/// </summary>
internal sealed class ConfigLayer
{
    private readonly Dictionary<string, ConfigSetting> _settings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replaced = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ConfigSetting> Settings => _settings;

    public void Set(string path, ConfigSetting setting) => _settings[path] = setting;

    public void SetList(string path, ConfigNode node, IReadOnlyList<string> values, Func<int, string> origin)
    {
        _replaced.Add(path + ".");
        for (int i = 0; i < values.Count; i++)
        {
            Set($"{path}.{i}", new ConfigSetting(node, values[i], origin(i), IsFile: false));
        }
    }

    public void Cover(ConfigLayer higher)
    {
        foreach (string list in higher._replaced)
        {
            foreach (string path in _settings.Keys.Where(path => path.StartsWith(list, StringComparison.Ordinal)).ToArray())
            {
                _settings.Remove(path);
            }
        }

        foreach ((string path, ConfigSetting setting) in higher._settings)
        {
            _settings[path] = setting;
        }
    }
}

/// <param name="Text">The value as it was written; of a secret's file, its path.</param>
/// <param name="Origin">Where it was set, for messages: <c>hutch.yaml line 3</c>, <c>HUTCH_SERVER__HTTP</c>, <c>--http</c>.</param>
internal sealed record ConfigSetting(ConfigNode Node, string Text, string Origin, bool IsFile);
