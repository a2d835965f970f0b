using System.ComponentModel;
using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Configuration;

public sealed class ConfigurationTests
{
    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_file_and_that_over_the_default()
    {
        using var setting = new Setting("server: {http: '127.0.0.1:1', name: file}\nsite: {fold: {quietSeconds: 11, maxRows: 12}}\n");
        setting.Environment["HUTCH_SERVER__NAME"] = "environment";
        setting.Environment["HUTCH_SITE__FOLD__QUIET_SECONDS"] = "21";

        LoadedConfiguration loaded = setting.Read(("site.fold.quietSeconds", "31", "--set"));

        Assert.Empty(loaded.Problems);
        Assert.Equal("127.0.0.1:1", loaded.Options.Server.Http);
        Assert.Equal("environment", loaded.Options.Server.Name);
        Assert.Equal(31, loaded.Options.Site.Fold.QuietSeconds);
        Assert.Equal(12, loaded.Options.Site.Fold.MaxRows);
        Assert.Equal(600, loaded.Options.Site.Fold.MaxAgeSeconds);
    }

    [Fact]
    public void A_typo_is_refused_with_its_line_and_what_was_meant()
    {
        using var setting = new Setting("server:\n  name: x\n  htpt: 127.0.0.1:1\nstie: {}\n");

        IReadOnlyList<string> problems = setting.Read().Problems;

        Assert.Equal(
            [
                "hutch.yaml line 3: unknown option 'htpt' in the section 'server'; did you mean 'http'?",
                "hutch.yaml line 4: unknown option 'stie' in the configuration; did you mean 'site'?",
            ],
            problems);
    }

    [Fact]
    public void A_word_that_is_like_nothing_gets_no_suggestion()
    {
        using var setting = new Setting("carrot: 1\n");
        Assert.Equal(["hutch.yaml line 1: unknown option 'carrot' in the configuration."], setting.Read().Problems);
    }

    [Fact]
    public void Keys_of_the_file_are_written_as_the_page_writes_them()
    {
        using var setting = new Setting("Server: {Http: '*:1'}\n");
        Assert.Equal(["hutch.yaml line 1: unknown option 'Server' in the configuration; did you mean 'server'?"], setting.Read().Problems);
    }

    /// <summary>portal review 10: an operator adds programs, and addresses lead to the web alone, to a host that the template names.</summary>
    [Fact]
    public void Programs_of_the_operator_are_read()
    {
        using var setting = new Setting(
            """
            server:
              openWith:
                - {name: CryoSPARC, types: [cryoem/session], address: 'https://cryosparc.example.org/import?path={name}'}
                - {name: Viewer, suffixes: [.mrc, .map], command: 'viewer {path} && echo {file}'}
            """);
        LoadedConfiguration loaded = setting.Read();

        Assert.Empty(loaded.Problems);
        Assert.Equal(["CryoSPARC", "Viewer"], loaded.Options.Server.OpenWith.Select(static entry => entry.ToInfo().Name));
        Assert.Equal([".mrc", ".map"], loaded.Options.Server.OpenWith[1].ToInfo().Suffixes);
    }

    [Theory]
    [InlineData("name: '', command: x", "'name' must have 1 to 64 characters.")]
    [InlineData("name: X", "set 'command' or 'address', and not both.")]
    [InlineData("name: X, command: x, address: 'https://x.org'", "set 'command' or 'address', and not both.")]
    [InlineData("name: X, address: 'javascript:alert(1)'", "'address' must begin with http:// or https:// and a host without placeholders.")]
    [InlineData("name: X, address: 'https://{slug}.org/'", "'address' must begin with http:// or https:// and a host without placeholders.")]
    [InlineData("name: X, address: 'https://me@x.org/'", "'address' must begin with http:// or https:// and a host without placeholders.")]
    [InlineData("name: X, command: 'x {paht}'", "{paht} is no placeholder; there are {server}, {id}, {name}, {owner}, {slug}, {version}, {path}, {folder}, {filename}, {file}, {zarr}.")]
    [InlineData("name: X, command: x, suffixes: ['']", "'' is no type or suffix: they have 1 to 100 characters.")]
    public void A_program_that_cannot_be_shown_is_refused(string entry, string problem)
    {
        using var setting = new Setting($"server: {{openWith: [{{{entry}}}]}}\n");
        Assert.Equal(["section 'server.openWith.0': " + problem], setting.Read().Problems);
    }

    [Theory]
    [InlineData("site: {fold: {quietSeconds: 0}}", "hutch.yaml line 1: 'site.fold.quietSeconds' is 0; it must be between 1 and 86400.")]
    [InlineData("site: {fold: {quietSeconds: soon}}", "hutch.yaml line 1: 'site.fold.quietSeconds' is 'soon': expected a whole number.")]
    [InlineData("site: {fold: {quietSeconds: 3000000000}}", "hutch.yaml line 1: 'site.fold.quietSeconds' is '3000000000': expected a smaller number.")]
    [InlineData("log: {json: maybe}", "hutch.yaml line 1: 'log.json' is 'maybe': expected true or false.")]
    [InlineData("api: {maxJsonBytes: 1 XB}", "hutch.yaml line 1: 'api.maxJsonBytes' is '1 XB': expected a size in bytes: a number and B, KB, MB, GB, TB, PB or KiB, MiB, GiB, TiB, PiB.")]
    [InlineData("server: 5", "hutch.yaml line 1: the section 'server' is a section; put its options below it.")]
    [InlineData("server: {http: [1]}", "hutch.yaml line 1: 'server.http' takes one value, not a list or a section.")]
    [InlineData("server: {http: ''}", "hutch.yaml line 1: 'server.http' is required.")]
    [InlineData("server: {data: /elsewhere}", "hutch.yaml line 1: a file in the data folder cannot set the data folder; pass this file with --config, or remove 'server.data'.")]
    [InlineData("log: {}\n---\nlog: {}", "hutch.yaml line 3: a second YAML document starts here; only one is allowed.")]
    public void A_wrong_value_is_refused_with_its_line_and_the_reason(string yaml, string problem)
    {
        using var setting = new Setting(yaml);
        Assert.Equal([problem], setting.Read().Problems);
    }

    [Theory]
    [InlineData("{records: 'postgres://hutch@db/hutch'}", "'records' is set without 'objects'")]
    [InlineData("{objects: 's3://ceph/hutch'}", "'objects' is set without 'records'")]
    [InlineData("{records: 'postgres://hutch:geheim@db/hutch', objects: 's3://ceph/hutch'}", "contains a password")]
    [InlineData("{records: 'postgres://db/hutch', objects: 's3://ceph/hutch'}", "it must name a user and one database")]
    [InlineData("{records: 'postgres://hutch@db/hutch', objects: 's3://K:geheim@ceph/hutch'}", "A key does not belong there")]
    [InlineData("{records: 'postgres://hutch@db/hutch', objects: 's3://ceph'}", "'objects' names no bucket")]
    [InlineData("{records: 'postgres://hutch@db/hutch', objects: 's3://ceph/hutch', reads: 'bounded:2h'}", "a time up to 60 s")]
    [InlineData("{records: 'postgres://hutch@db/hutch', objects: 's3://ceph/hutch', objectsFingerprint: x}", "is not a fingerprint")]
    [InlineData("{records: 'postgres://hutch@db/hutch', objects: 's3://ceph/hutch'}\nbackup: {folder: /backup}", "'backup.folder' and 'engine'")]
    [InlineData(
        "{records: 'postgres://hutch@db/hutch', objects: 's3://ceph/hutch'}\nsite: {lifecycle: {maxTemporaryBytes: 4 GiB}}",
        "'site.lifecycle.maxTemporaryBytes' and 'engine'")]
    public void Stores_that_servers_cannot_share_are_refused_and_no_secret_is_repeated(string engine, string words)
    {
        using var setting = new Setting("engine: " + engine);

        string problem = Assert.Single(setting.Read().Problems);

        Assert.Contains(words, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fresh")]
    [InlineData("bounded:1s")]
    [InlineData("bounded:500ms")]
    [InlineData("bounded:60s")]
    public void Stores_that_servers_share_are_taken(string reads)
    {
        using var setting = new Setting($"engine: {{records: 'postgres://hutch@db/hutch', objects: 's3://ceph/hutch', reads: '{reads}'}}");

        Assert.Empty(setting.Read().Problems);
    }

    [Fact]
    public void A_wrong_option_of_a_watched_folder_is_refused_with_its_location_and_the_reason()
    {
        using var setting = new Setting("agent:\n  folders:\n    - watch: /data/krios\n    - watch: data\n      keep: soon\n      block: {nmae: x}\n");

        Assert.Equal(
            [
                "hutch.yaml line 6: unknown option 'nmae' in the section 'agent.folders.block'; did you mean 'name'?",
                "section 'agent.folders.1': 'watch': 'data' must be an absolute path, such as /data/sessions.",
                "section 'agent.folders.1': 'keep': 'soon' is not a time span: use a number and h, d, w, mo (months) or y, such as 60d or 2y, at most 500y.",
            ],
            setting.Read().Problems);
    }

    [Theory]
    [InlineData("server: {http: '*:1'")]
    [InlineData("log: {}\nlog: {}")]
    [InlineData("a: &a [*a]")]
    [InlineData("\t- x: y")]
    public void Invalid_YAML_is_refused_with_its_line(string yaml)
    {
        using var setting = new Setting(yaml);
        Assert.NotEmpty(setting.Read().Problems);
        Assert.All(setting.Read().Problems, problem => Assert.StartsWith("hutch.yaml line ", problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("server:\nlog: ~\n")]
    public void A_file_that_sets_nothing_is_valid(string yaml)
    {
        using var setting = new Setting(yaml);
        Assert.Empty(setting.Read().Problems);
        Assert.Equal(["server.data"], setting.Read().Settings.Keys);
    }

    [Fact]
    public void Sizes_may_have_units()
    {
        using var setting = new Setting("site: {segments: {segmentBytes: 256 MiB, reserveBytes: 2 GB}}\n");

        LoadedConfiguration loaded = setting.Read();

        Assert.Empty(loaded.Problems);
        Assert.Contains("segmentBytes: 268435456", EffectiveConfiguration.Write(loaded, all: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_names_no_option_is_refused_and_others_are_left_alone()
    {
        using var setting = new Setting("");
        setting.Environment["HUTCH_SERVER__NAEM"] = "x";
        setting.Environment["HUTCH_REMOTE"] = "http://127.0.0.1:1";
        setting.Environment["OTHER__THING"] = "x";

        Assert.Equal(["HUTCH_SERVER__NAEM: unknown option 'NAEM' in the section 'server'; did you mean 'name'?"], setting.Read().Problems);
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        using var setting = new Setting("server: {htpt: 1}\napi: {maxConnections: 0}\n");
        setting.Environment["HUTCH_LOG__JSON"] = "2";
        Assert.Equal(3, setting.Read().Problems.Count);
    }

    [Fact]
    public async Task Config_check_reports_a_wrong_option_and_serve_does_not_start()
    {
        using var line = new CommandLine();
        File.WriteAllText(Path.Combine(line.Folder.Path, "h.yaml"), "server: {htpt: 1}\n");

        Assert.Equal(ExitCode.Usage, await line.RunAsync("config", "check", "--config", "h.yaml"));
        Assert.Equal("h.yaml line 1: unknown option 'htpt' in the section 'server'; did you mean 'http'?\n", line.Out);
        Assert.Equal(ExitCode.Usage, await line.RunAsync("serve", "--config", "h.yaml"));
        Assert.Contains("h.yaml line 1: unknown option 'htpt'", line.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(line.Folder.Path, ".local", "share", "hutch")));
    }

    [Fact]
    public async Task Show_prints_what_holds_and_where_it_comes_from()
    {
        using var line = new CommandLine();
        File.WriteAllText(Path.Combine(line.Folder.Path, "h.yaml"), "server:\n  name: 'site: one'\n");

        Assert.Equal(ExitCode.Ok, await line.RunAsync("config", "show", "--config", "h.yaml", "--set", "log.json=true"));
        Assert.Equal(
            "server:\n  name: \"site: one\"                                         # h.yaml line 2\nlog:\n  json: true                                                # --set\n",
            line.Out);
    }

    [Fact]
    public async Task What_show_prints_can_be_read_again()
    {
        using var line = new CommandLine();
        Assert.Equal(ExitCode.Ok, await line.RunAsync("config", "show", "--all"));
        File.WriteAllText(Path.Combine(line.Folder.Path, "all.yaml"), line.Out);
        Assert.Equal(ExitCode.Ok, await line.RunAsync("config", "check", "--config", "all.yaml"));
    }

    [Fact]
    public void Lists_sections_in_lists_and_secrets_are_read_and_secrets_are_never_shown()
    {
        using var setting = new Setting("");
        string secret = Path.Combine(setting.Line.Folder.Path, "secret");
        File.WriteAllText(secret, "from the file\n");
        ConfigNode root = ConfigNode.Root(typeof(Sample));
        List<string> problems = [];
        string yaml = Path.Combine(setting.Line.Folder.Path, "s.yaml");
        File.WriteAllText(yaml, $"names: [a, b]\nproviders:\n  - {{id: one, password: in the file}}\n  - {{id: two, passwordFile: {secret}}}\n");
        ConfigLayer layer = YamlLayer.Read(yaml, root, problems);
        Dictionary<string, string> environment = new() { ["HUTCH_PROVIDERS__1__ID"] = "TWO", ["HUTCH_NAMES__X"] = "", ["HUTCH_NAMES"] = "not an option" };
        layer.Cover(EnvironmentLayer.Read(environment.Keys, name => environment[name], root, problems));

        var sample = (Sample)new ConfigBinder(layer.Settings, problems).Bind(root, "");

        Assert.Equal(["a", "b"], sample.Names);
        Assert.Equal(["one", "TWO"], sample.Providers.Select(provider => provider.Id));
        Assert.Equal(["in the file", "from the file"], sample.Providers.Select(provider => provider.Password));
        Assert.Equal(["HUTCH_NAMES__X: 'names' is a list; add the index of an item: 0, 1, 2…"], problems);
        Assert.DoesNotContain("file", ConfigNode.Root(typeof(Sample)).Children.Select(child => child.Name));
    }

    /// <summary>Options with everything that the binder knows.</summary>
    public sealed class Sample
    {
        public IReadOnlyList<string> Names { get; init; } = [];

        public IReadOnlyList<Provider> Providers { get; init; } = [];

        public Func<int>? NotText { get; init; }

        [Browsable(false)]
        public bool NotConfigured { get; init; }

        public sealed class Provider
        {
            public string Id { get; init; } = "";

            [PasswordPropertyText(true)]
            public string? Password { get; init; }
        }
    }

    /// <summary>A data folder with a configuration in it.</summary>
    private sealed class Setting : IDisposable
    {
        public Setting(string yaml)
        {
            Folder = Directory.CreateDirectory(Path.Combine(Line.Folder.Path, "data")).FullName;
            File.WriteAllText(Path.Combine(Folder, "hutch.yaml"), yaml);
        }

        public CommandLine Line { get; } = new();

        public Dictionary<string, string> Environment { get; } = [];

        private string Folder { get; }

        public void Dispose() => Line.Dispose();

        public LoadedConfiguration Read(params (string, string, string)[] flags)
        {
            CliHost host = Line.Host("", TextWriter.Null, TextWriter.Null) with
            {
                EnvironmentNames = Environment.Keys,
                Environment = name => Environment.GetValueOrDefault(name),
            };
            return new ConfigurationReader(host, path => Path.GetFullPath(path, Line.Folder.Path)).Read(null, [("server.data", Folder, "--data"), .. flags]);
        }
    }
}
