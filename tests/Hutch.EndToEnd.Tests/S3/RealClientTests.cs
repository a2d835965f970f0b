using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>The programs that people have, unmodified, against the S3 door: each is a script in <c>S3/Programs</c>.</summary>
public sealed class RealClientTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Programs => Path.Combine(HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "S3", "Programs");

    [Theory]
    [InlineData("aws")]
    [InlineData("boto3")]
    [InlineData("rclone")]
    [InlineData("s3cmd")]
    [InlineData("s3fs")]
    [InlineData("annex")]
    [InlineData("fsspec")]
    [InlineData("prototype")]
    [InlineData("markers")]
    [InlineData("spellings")]
    public async Task The_program_works_unmodified(string program)
    {
        string script = await ReadProgramAsync(program);
        string common = program is "markers" or "spellings" ? $"source {Programs}/clients\n" : "";

        using Account person = await shared.NewAccountAsync(Ct);
        await RunAsync(person, $"source {Programs}/mounts\nsource {Programs}/narrowed\n{common}{script}");
    }

    [Fact]
    public async Task Programs_work_over_HTTPS_with_the_bucket_in_the_path_and_in_the_name_of_the_host()
    {
        using TemporaryFolder folder = new();
        (string certificate, string key) = await MakeCertificateAsync(folder);
        int port = LoopbackPort.FindFree();
        string[] options =
        [
            "--set", $"tls.certificateFile={certificate}", "--set", $"tls.keyFile={key}",
            "--set", $"s3.https=127.0.0.1:{port}", "--set", "s3.domains=s3.test",
        ];
        string script = await ReadProgramAsync("https");

        await using Installation installation = await Installation.StartAsync(Ct, options);
        await RunAsync(await installation.AdminAsync(Ct), $"export S3_HTTPS=https://127.0.0.1:{port} CA={certificate}\n{script}");
    }

    /// <summary>Clients' case 04; forms (case 04, too) are in FormTests.</summary>
    [Fact]
    public async Task The_AWS_SDK_for_JavaScript_works_unmodified()
    {
        string folder = Path.Combine(Programs, "javascript");
        string node = Path.Combine(HutchExecutable.RepositoryRoot, "out", "node", "node_modules", "node", "bin");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"The packages of {folder} are missing: ./run test installs them.");

        using Account person = await shared.NewAccountAsync(Ct);
        await RunAsync(person, $"PATH={node}:$PATH node {folder}/client.mjs");
    }

    private static Task<string> ReadProgramAsync(string program) => File.ReadAllTextAsync(Path.Combine(Programs, program + ".sh"), Ct);

    private static async Task<(string Certificate, string Key)> MakeCertificateAsync(TemporaryFolder folder)
    {
        (string certificate, string key) = (folder["crt"], folder["key"]);
        CommandLine person = new(folder["home"], folder["work"]);
        (await person.RunShellAsync(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=s3.test"
            + $" -addext subjectAltName=DNS:s3.test,DNS:*.s3.test,IP:127.0.0.1 -keyout {key} -out {certificate}",
            Ct)).AssertDone();
        return (certificate, key);
    }

    private static async Task RunAsync(Account person, string script)
    {
        (string access, string secret) = await person.NewS3KeyAsync(Ct);

        CommandResult result = await person.RunShellAsync(
            $"""
            unset AWS_CA_BUNDLE REQUESTS_CA_BUNDLE AWS_PROFILE
            export PATH=$(dirname "$(command -v hutch)"):/usr/local/bin:/usr/bin:/bin
            export S3_URL={person.Server.S3.GetLeftPart(UriPartial.Authority)} AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret}
            export OWNER={person.Name} AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
            {script}
            """,
            Ct);

        result.AssertDone();
        Assert.DoesNotContain(secret, person.Server.Output, StringComparison.Ordinal);
    }
}
