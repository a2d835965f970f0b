using System.Diagnostics;
using System.Globalization;
using System.Net;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.S3;

/// <summary>nginx with the same bytes in plain files: what a GET can cost at best.</summary>
internal sealed class NginxFiles(Process process) : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<(NginxFiles Server, S3Target Target, string Root)?> StartAsync(string folder, CancellationToken ct)
    {
        if (!File.Exists(Program))
        {
            return null;
        }

        int port = LoopbackPort.FindFree();
        string root = Path.Combine(folder, "nginx");
        Directory.CreateDirectory(Path.Combine(root, S3Target.Bucket));
        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(root, port), ct);
        Process process = Process.Start(new ProcessStartInfo(Program, ["-c", file, "-p", folder]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException("nginx did not start.");
        await LoopbackServer.WaitAsync(port, ct);
        return (new NginxFiles(process), new S3Target("nginx", new IPEndPoint(IPAddress.Loopback, port), null, [process.Id, .. Workers(process.Id)]), root);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Configuration(string root, int port)
    {
        string temporary = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {root}/{name};\n"));
        return $$"""
            user root; daemon off; worker_processes auto; pid {{root}}/pid; error_log {{root}}/error.log;
            events { worker_connections 1024; }
            http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10000;
            {{temporary}}
            server { listen 127.0.0.1:{{port}}; root {{root}}; } }
            """;
    }

    private static IEnumerable<int> Workers(int master)
    {
        string children = $"/proc/{master}/task/{master}/children";
        while (File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries) is var workers)
        {
            if (workers.Length == Environment.ProcessorCount)
            {
                return workers.Select(id => int.Parse(id, CultureInfo.InvariantCulture));
            }

            Thread.Sleep(10);
        }

        return [];
    }
}
