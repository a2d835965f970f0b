using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Hutch.Cli.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Disk;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Microsoft.Data.Sqlite;

namespace Hutch.Cli.Tests.Doctor;

/// <summary>An installation is broken in every way that the doctor knows; each must be told, with what to do, and nothing else.</summary>
public sealed class DoctorTests : IClassFixture<StoppedInstallation>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private TimeProvider _time = TimeProvider.System;
    private string _out = "";
    private string _yaml = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => _folder["data"];

    public DoctorTests(StoppedInstallation installation) => installation.CopyTo(Data);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_healthy_installation_has_no_problem_and_nothing_is_changed_by_the_look()
    {
        string before = Listing();

        Assert.Equal(ExitCode.Ok, await LookAsync());

        Assert.Contains($"No problems in {Data}, not in use.", _out, StringComparison.Ordinal);
        Assert.Equal(before, Listing());
    }

    [Fact]
    public async Task The_JSON_report_has_the_same_findings_and_the_versions_of_components()
    {
        Write("admin.token", "x");

        Assert.Equal(ExitCode.Failure, await LookAsync("--json"));

        JsonElement report = JsonDocument.Parse(_out).RootElement;
        JsonElement finding = report.GetProperty("findings").EnumerateArray().Single(one => one.GetProperty("problem").GetBoolean());
        Assert.False(report.GetProperty("ok").GetBoolean());
        Assert.Equal("data folder", finding.GetProperty("check").GetString());
        Assert.Equal(["hutch", ".NET", "SQLite", "HDF5", "LZ4", "zlib", "ZeroMQ"], report.GetProperty("versions").EnumerateObject().Select(version => version.Name));
    }

    [Fact]
    public Task A_folder_that_others_can_enter() => TellsAsync(
        () => File.SetUnixFileMode(Data, (UnixFileMode)Convert.ToInt32("755", 8)), "Other users of this machine can enter", "chmod 700");

    [Fact]
    public Task A_token_that_lies_about() => TellsAsync(() => Write("admin.token", "x"), "The first administrator's token is still in admin.token", "then delete the file");

    [Fact]
    public Task Accounts_that_others_can_read() => TellsAsync(
        () => File.SetUnixFileMode(Path.Combine(Data, "zone.db"), (UnixFileMode)Convert.ToInt32("644", 8)), "Other users of this machine can read secrets: zone.db", "chmod 600");

    [Fact]
    public Task A_restore_that_was_not_finished() => TellsAsync(() => Write("RESTORE-UNFINISHED", "x"), "A restore into this folder did not finish", "restore the backup again");

    [Fact]
    public Task A_folder_of_a_newer_program() => TellsAsync(
        () => Write("VERSION", """{"format":99,"min_reader":99}"""), "has format 99 and needs a version that reads format 99", "Install the newer version");

    [Fact]
    public Task A_damaged_version() => TellsAsync(() => Write("VERSION", "{"), "VERSION' is damaged", "write that line by hand");

    [Fact]
    public Task A_folder_that_is_none() => TellsAsync(() => File.Delete(Path.Combine(Data, "VERSION")), "has no file VERSION", "Pass the right folder");

    [Fact]
    public Task Damaged_accounts() => TellsAsync(() => Damage("zone.db"), "zone.db is damaged", "zone-copies/");

    [Fact]
    public Task A_damaged_log_of_the_accounts() => TellsAsync(
        () => Write("zone.db-wal", new string('x', 5000)), "zone.db is damaged: the beginning of its log zone.db-wal", "zone-copies/");

    [Fact]
    public Task Damaged_records() => TellsAsync(() => Damage("site.db"), "site.db is damaged", "Nothing is lost.");

    [Fact]
    public Task Lost_records() => TellsAsync(() => File.Delete(Path.Combine(Data, "site.db")), "site.db is missing", "hutch rebuild");

    [Fact]
    public Task A_lost_segment() => TellsAsync(
        () => File.Delete(Directory.GetFiles(Path.Combine(Data, "segments"), "*.main.tar").Order().First()), "0000000001.main.tar is missing", "restore it from a backup");

    [Fact]
    public Task A_segment_that_is_none() => TellsAsync(
        () => File.WriteAllText(Directory.GetFiles(Path.Combine(Data, "segments"), "*.main.tar").Order().First(), "no tar"), "has no valid header", "restore it from a backup");

    [Fact]
    public Task A_configuration_with_a_typo() => TellsAsync(() => Configure("sever: {}"), "sever", "the server does not start with it");

    [Fact]
    public Task A_watched_folder_that_is_missing() => TellsAsync(
        () => Configure($"server: {{ publicUrl: https://hutch.example.org }}\nagent: {{ folders: [{{ watch: {Data}/kriosX }}] }}"),
        $"'agent.folders[0].watch': '{Data}/kriosX' does not exist", "mount the disk");

    [Fact]
    public Task A_disk_with_no_more_than_the_reserve() => TellsAsync(
        () => Configure("site: { segments: { reserveBytes: 1000000000000000 } }"), "below the reserve of 1.00 PB: writes are refused", "hutch gc");

    [Fact]
    public Task A_clock_that_was_put_back() => TellsAsync(() => _time = new ShiftedTime { Ahead = TimeSpan.FromDays(-1) }, "the clock was set back", "timedatectl");

    [Fact]
    public async Task A_port_that_another_program_has()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await TellsAsync(
            () => Configure($"server: {{ http: \"{other.LocalEndpoint}\" }}"), $"The server cannot listen on {other.LocalEndpoint} ('server.http'): another program uses it", "ss -ltnp");
    }

    [Fact]
    public async Task A_server_that_has_the_folder_and_does_not_answer_where_it_says_that_it_listens()
    {
        using IDisposable held = DataFolderLock.Acquire(LocalDisk.Instance, Data, allowNetworkFileSystem: true);
        using var configured = new TcpListener(IPAddress.Loopback, 0);
        configured.Start();
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var gone = new Uri($"http://{free.LocalEndpoint}");
        free.Stop();

        await TellsAsync(
            () =>
            {
                Configure($"server: {{ http: \"{configured.LocalEndpoint}\" }}");
                DataFolderLock.Sign(LocalDisk.Instance, Data, TimeProvider.System, ("REST", gone));
            },
            $"nothing answers at {gone.Authority} (REST)",
            "Check its log");
    }

    [Fact]
    public Task An_address_of_another_machine() => TellsAsync(
        () => Configure("s3: { address: \"192.0.2.1:9999\" }"), "('s3.address'): this machine does not have the address", "ip address");

    [Fact]
    public Task A_certificate_that_ended() => TellsAsync(() => Certify("hutch.example.org", -400, -1), "clients reject it", "Renew it");

    [Fact]
    public Task A_certificate_that_ends_soon() => TellsAsync(() => Certify("hutch.example.org", -80, 10), ", in 9 days", "Renew it");

    [Fact]
    public Task A_certificate_for_another_name() => TellsAsync(() => Certify("other.example.org", -1, 300), "is not for hutch.example.org", "alternative names");

    [Fact]
    public Task A_private_key_for_everybody() => TellsAsync(
        () =>
        {
            Certify("hutch.example.org", -1, 300);
            File.SetUnixFileMode(_folder["server.key"], (UnixFileMode)Convert.ToInt32("644", 8));
        },
        "Every user of this machine can read the private key", "chmod 600");

    [Fact]
    public Task A_key_of_another_certificate() => TellsAsync(
        () =>
        {
            Certify("hutch.example.org", -1, 300);
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(_folder["server.key"], other.ExportPkcs8PrivateKeyPem());
        },
        "are not a PEM certificate and its private key", "Install a matching pair");

    [Fact]
    public Task A_certificate_that_is_not_there() => TellsAsync(
        () => Configure("""
            server: { http: none, https: "127.0.0.1:0" }
            tls: { certificateFile: /nowhere/server.pem }
            """),
        "The file '/nowhere/server.pem' does not exist", "create its own");

    [Fact]
    public Task Proxies_that_are_everybody() => TellsAsync(
        () => Configure("server: { trustedProxies: [\"0.0.0.0/0\"] }"), "which is nearly every address", "only the addresses of your proxies");

    [Fact]
    public Task Tokens_over_plain_HTTP_from_everywhere() => TellsAsync(
        () => Configure("server: { http: \"*:0\", behindProxy: true }"), "other machines can reach", "Listen on an address that only the proxy can reach");

    [Fact]
    public Task Links_over_plain_HTTP() => TellsAsync(
        () => Configure("server: { publicUrl: \"http://hutch.example.org\" }"), "log in over plain HTTP", "change the URL to https://");

    [Fact]
    public Task No_backup_where_there_should_be_one() => TellsAsync(
        () => Configure($"backup: {{ folder: \"{_folder["backups"]}\" }}"), "There is no backup", "hutch backup create");

    [Fact]
    public async Task A_mail_server_that_does_not_answer()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await TellsAsync(
            () => Configure($$"""
                server: { publicUrl: "https://hutch.example.org" }
                mail: { host: localhost, port: {{port}}, startTls: false, from: hutch@example.org }
                """),
            "does not accept mail", "Outgoing mail waits");
    }

    [Fact]
    public Task A_login_provider_that_does_not_answer() => TellsAsync(
        () => Configure("""
            server: { publicUrl: "https://hutch.example.org" }
            oidc: { providers: [ { id: lab, issuer: "http://127.0.0.1:1", clientId: hutch } ] }
            """),
        "Login with 'lab' does not work", "the provider");

    [Fact]
    public Task A_segment_that_lost_its_end() => TellsAsync(
        () =>
        {
            using FileStream segment = File.Open(Segment(), FileMode.Open);
            segment.SetLength(segment.Length / 1024 * 512);
        },
        "main.tar: it does not end as it was sealed", "restore it from a backup");

    [Fact]
    public Task A_damaged_list_of_segments() => TellsAsync(
        () => File.AppendAllText(Path.Combine(Data, "segments", "segments.txt"), "x\n"), "segments.txt is damaged", "restore it from a backup");

    [Fact]
    public async Task What_an_older_version_did_not_note_is_no_problem_but_said()
    {
        File.WriteAllText(Path.Combine(Data, "segments", "segments.txt"), Path.GetFileName(Segment()) + "\n");

        Assert.Equal(ExitCode.Ok, await LookAsync());

        Assert.Contains("An older version sealed 1 of the segments, and did not note what they contain", _out, StringComparison.Ordinal);
        Assert.Contains("hutch verify DATASET", _out, StringComparison.Ordinal);
    }

    /// <summary>C3: programs that fill their disk must not surprise the records.</summary>
    [Fact]
    public async Task Programs_on_the_disk_of_the_records_are_a_note()
    {
        Configure($"programs: {{ folder: {Directory.CreateDirectory(_folder["programs"]).FullName} }}");

        Assert.Equal(ExitCode.Ok, await LookAsync());
        Assert.Contains("Programs have their inputs and results on the disk of the records", _out, StringComparison.Ordinal);
        Assert.Contains("Put 'programs.scratch' on another disk", _out, StringComparison.Ordinal);

        Configure($"programs: {{ folder: {_folder["programs"]}, scratch: /dev/shm }}");
        Assert.Equal(ExitCode.Ok, await LookAsync());
        Assert.DoesNotContain("on the disk of the records", _out, StringComparison.Ordinal);
    }

    /// <summary>C2: <c>Admin.</c> of a provider became the account <c>admin</c>.</summary>
    [Fact]
    public Task A_link_that_rests_on_a_changed_name() => TellsAsync(
        () => ChangeAccounts(
            """
            INSERT INTO identities(provider, subject, user_id, created_ms, claimed)
            SELECT 'lab', 's1', id, created_ms + 3600000, 'Admin.' FROM principals WHERE name = 'admin'
            """),
        "linked an account by a name that it changed until it fitted: admin", "hutch user unlink NAME --provider ID");

    [Fact]
    public async Task More_connections_than_files_may_be_open_is_a_note_where_no_server_runs()
    {
        Configure("api: { maxConnections: 1000000 }\ns3: { maxConnections: 1000000 }");

        Assert.Equal(ExitCode.Ok, await LookAsync());

        Assert.Contains("note  open files: A process of this user may open", _out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there()
    {
        Directory.Delete(Data, recursive: true);

        Assert.Equal(ExitCode.Failure, await LookAsync());

        Assert.Contains($"The data folder '{Data}' does not exist", _out, StringComparison.Ordinal);
    }

    /// <summary>N3: a server has a limit of its own, and its unit cannot give it more than the system allows.</summary>
    [Theory]
    [InlineData(null, "Set LimitNOFILE=")]
    [InlineData("LimitNOFILE=1024:9000000", "hutch.service asks for 9000000, and the system gave it less")]
    public async Task A_server_with_fewer_open_files_than_connections(string? unit, string advice)
    {
        using IDisposable held = DataFolderLock.Acquire(LocalDisk.Instance, Data, allowNetworkFileSystem: true);
        DataFolderLock.Sign(LocalDisk.Instance, Data, TimeProvider.System);
        if (unit is not null)
        {
            _folder.Write("root/etc/systemd/system/hutch.service", $"[Service]\nEnvironment='HUTCH_SERVER__DATA={Data}'\n{unit}\n");
        }

        await TellsAsync(() => Configure("api: { maxConnections: 1000000 }\ns3: { maxConnections: 1000000 }"), "The server may open", advice);
    }

    /// <summary>N2: a healthy service was called broken, because the command looked for the data of the person who ran it.</summary>
    [Fact]
    public async Task Without_options_it_looks_at_the_service_of_the_machine()
    {
        InstallService();

        Assert.Equal(ExitCode.Ok, await RunAsync("doctor"));
        Assert.Contains($"No problems in {Data} of hutch.service, not in use.", _out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync("config", "check"));
        Assert.StartsWith(
            $"The configuration is valid ({_folder["service.yaml"]}, data folder {Data} of hutch.service).\n", _out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await RunAsync("config", "check", "--config", "service.yaml"));
        Assert.Contains($"data folder {Data} of hutch.service", _out, StringComparison.Ordinal);
    }

    /// <summary>N2: a person's own server, and every folder that a command names, come first.</summary>
    [Fact]
    public async Task A_data_folder_of_the_person_or_of_the_command_comes_before_that_of_the_service()
    {
        InstallService();
        string own = Path.Combine(_folder.Path, ".local", "share", "hutch");

        await RunAsync("config", "check", "--data", "other");
        Assert.Contains($"(no file, data folder {_folder["other"]})", _out, StringComparison.Ordinal);
        Directory.CreateDirectory(own);
        File.WriteAllText(Path.Combine(own, "VERSION"), "");
        await RunAsync("config", "check");
        Assert.Contains($"(no file, data folder {own})", _out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_unit_of_the_package_is_read_with_its_drop_ins()
    {
        _folder.Write("root/usr/lib/systemd/system/hutch.service", File.ReadAllText(Path.Combine(Snapshots.Repository, "deploy/systemd/hutch.service")));
        ServiceUnit packaged = ServiceUnit.Find(_folder["root"])!;
        _folder.Write("root/etc/systemd/system/hutch.service.d/override.conf", "[Service]\nLimitNOFILE=\nEnvironment=A=1 \"HUTCH_SERVER__DATA=/srv/a b\" \\\n  B=2\n");
        ServiceUnit changed = ServiceUnit.Find(_folder["root"])!;

        Assert.Equal(("/var/lib/hutch", "/etc/hutch/hutch.yaml", 65536), (packaged.DataFolder, packaged.ConfigurationFile, packaged.MaxOpenFiles));
        Assert.Equal(("/srv/a b", "/etc/hutch/hutch.yaml", null), (changed.DataFolder, changed.ConfigurationFile, changed.MaxOpenFiles));
    }

    private void InstallService()
    {
        File.WriteAllText(_folder["service.yaml"], "server: { http: \"127.0.0.1:0\" }\ns3: { address: off, maxConnections: 100 }\n");
        _folder.Write("root/usr/lib/systemd/system/hutch.service", File.ReadAllText(Path.Combine(Snapshots.Repository, "deploy/systemd/hutch.service")));
        _folder.Write("root/etc/default/hutch", $"# Elsewhere\nHUTCH_SERVER__DATA={Data}\nHUTCH_CONFIG=\"{_folder["service.yaml"]}\"\nHUTCH_API__MAX_CONNECTIONS=100\n");
    }

    /// <summary>Breaks something: that is told, with advice, and nothing else is called a problem.</summary>
    private async Task TellsAsync(Action breakIt, string what, string advice)
    {
        breakIt();

        Assert.Equal(ExitCode.Failure, await LookAsync());

        string[] lines = _out.Split('\n');
        int at = Array.FindIndex(lines, line => line.StartsWith("PROBLEM  ", StringComparison.Ordinal));
        Assert.True(at >= 0 && lines[at].Contains(what, StringComparison.Ordinal), _out);
        Assert.Contains(advice, lines[at] + lines[at + 1], StringComparison.Ordinal);
        Assert.Contains("1 problem in", _out, StringComparison.Ordinal);
    }

    private string Segment() => Directory.GetFiles(Path.Combine(Data, "segments"), "*.main.tar").Single();

    private Task<int> LookAsync(params string[] more) => RunAsync(["doctor", "--data", Data, .. Defaults(), .. more]);

    private async Task<int> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var host = new CliHost
        {
            Out = output,
            Error = error,
            In = new StringReader(""),
            Environment = name => name == "HOME" ? _folder.Path : null,
            Folder = _folder.Path,
            SystemRoot = _folder["root"],
            Time = _time,
        };
        int code = await FullProgram.RunAsync(arguments, host, Ct);
        _out = output.ToString() + error;
        return code;
    }

    private void Configure(string yaml)
    {
        _yaml = yaml;
        Write("hutch.yaml", yaml);
    }

    /// <summary>What the configuration of a test leaves open must not depend on the machine: its ports, its limits.</summary>
    private IEnumerable<string> Defaults() =>
        new[] { "server.http=127.0.0.1:0", "s3.address=off", "api.maxConnections=100", "s3.maxConnections=100" }
            .Where(setting => !_yaml.Contains(setting[(setting.IndexOf('.', StringComparison.Ordinal) + 1)..setting.IndexOf('=', StringComparison.Ordinal)] + ":", StringComparison.Ordinal))
            .SelectMany(setting => new[] { "--set", setting });

    private void Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Data, name), text);
        File.SetUnixFileMode(Path.Combine(Data, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Changes the accounts of the stopped server, as an earlier release may have.</summary>
    private void ChangeAccounts(string sql)
    {
        using var zone = new SqliteConnection($"Data Source=file://{Data}/zone.db?vfs=hutch-page-sums;Pooling=False");
        zone.Open();
        using SqliteCommand change = zone.CreateCommand();
        change.CommandText = sql;
        Assert.Equal(1, change.ExecuteNonQuery());
    }

    /// <summary>Zeros in the middle: the file's head and its length stay.</summary>
    private void Damage(string name)
    {
        string path = Path.Combine(Data, name);
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan(8192, bytes.Length - 8192).Clear();
        File.WriteAllBytes(path, bytes);
    }

    private void Certify(string name, int fromDays, int untilDays)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(fromDays), now.AddDays(untilDays));
        File.WriteAllText(_folder["server.pem"], made.ExportCertificatePem());
        File.WriteAllText(_folder["server.key"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(_folder["server.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Configure($$"""
            server: { http: none, https: "127.0.0.1:0", publicUrl: "https://hutch.example.org" }
            tls: { certificateFile: "{{_folder["server.pem"]}}", keyFile: "{{_folder["server.key"]}}" }
            """);
    }

    private string Listing() => string.Join(
        '\n',
        Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}"));
}
