using System.Globalization;
using System.Net;
using Hutch.Peers;

namespace Hutch.Bench.S3;

/// <summary>nginx with the same bytes in plain files: what a GET can cost at best.</summary>
internal static class NginxFiles
{
    private const string Program = "/usr/sbin/nginx";
    private const int MaxTries = 1000;

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<(PeerProcess Process, S3Target Target, string Root)?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (!File.Exists(Program))
        {
            return null;
        }

        int port = LoopbackPort.FindFree();
        string root = Path.Combine(context.Folder, "nginx");
        Directory.CreateDirectory(Path.Combine(root, S3Target.Bucket));
        string file = Path.Combine(context.Folder, "nginx.conf");
        await File.WriteAllTextAsync(file, Configuration(root, port), ct);
        PeerProcess process = await PeerProcess.StartAsync(PeerProcess.WithParent, [Program, "-c", file, "-p", context.Folder], ct);
        await LoopbackPort.WaitAsync(port, ct);
        int master = process.Ids[0];
        var target = new S3Target("nginx", new IPEndPoint(IPAddress.Loopback, port), null, [master, .. await WorkersAsync(master, ct)]);
        return (process, target, root);
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

    private static async Task<IEnumerable<int>> WorkersAsync(int master, CancellationToken ct)
    {
        string children = $"/proc/{master}/task/{master}/children";
        for (int i = 0; i < MaxTries; i++)
        {
            string[] workers = (await File.ReadAllTextAsync(children, ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (workers.Length == Environment.ProcessorCount)
            {
                return workers.Select(id => int.Parse(id, CultureInfo.InvariantCulture));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), ct);
        }

        throw new InvalidOperationException("nginx did not start its workers.");
    }
}
