using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Configuration;

/// <summary>The examples in the pages for operators are configurations that the server takes.</summary>
public sealed partial class DocumentedExamplesTests
{
    [Theory]
    [InlineData("accounts.md", 3)]
    [InlineData("adopting.md", 1)]
    [InlineData("backup.md", 1)]
    [InlineData("batch-systems.md", 4)]
    [InlineData("facility.md", 2)]
    [InlineData("production.md", 1)]
    [InlineData("tls.md", 2)]
    [InlineData("../getting-started/data-manager.md", 2)]
    [InlineData("../getting-started/storage-site.md", 2)]
    public async Task Every_example_is_valid(string page, int count)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Root(), "docs/operations", page), TestContext.Current.CancellationToken);
        string[] examples = [.. ExamplePattern().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Equal(count, examples.Length);
        foreach (string example in examples)
        {
            using var line = new CommandLine();
            File.WriteAllText(Path.Combine(line.Folder.Path, "secret"), Certificate());
            string here = Regex.Replace(example, "/etc/hutch/[a-z.-]+", Path.Combine(line.Folder.Path, "secret"));
            File.WriteAllText(Path.Combine(line.Folder.Path, "hutch.yaml"), here);

            int code = await line.RunAsync(
                "config", "check", "--config", "hutch.yaml", "--set", "server.publicUrl=https://hutch.example.org");

            Assert.True(code == ExitCode.Ok, $"{example}\n{line.Out}{line.Error}");
        }
    }

    // A certificate with its key is a secret of any kind.
    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=hutch.example.org", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();
}
