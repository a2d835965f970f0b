using System.Globalization;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Ceph;
using Hutch.Peers.Postgres;

namespace Hutch.EndToEnd.Tests.Cluster;

/// <summary>Captures and runs at several servers: a proxy sends each request to another one, and every server shows the same.</summary>
public sealed class LiveClusterTests(PostgresServer postgres, CephStore ceph)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_capture_whose_requests_go_to_one_server_and_another_loses_no_frame_also_when_one_is_killed()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(2, Ct);
        string folder = Directory.CreateDirectory(site.NewFolder()).FullName;
        string log = Path.Combine(folder, "requests");
        (PeerProcess nginx, int port) = await StartNginxAsync(folder, log, servers);
        await using PeerProcess proxy = nginx;
        CommandLine admin = site.LogIn(new Uri($"http://127.0.0.1:{port}"), await TokenAsync(servers));
        int detector = LoopbackPort.FindFree();

        Task<CommandResult> series = admin.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{detector}} --dataset '{dcid}' --close --json >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{detector}} --size 256k --frames 200 --rate 50 --user-data '{"dcid": 4711}'
            until [ -s captured ]; do sleep 0.1; done
            hutch clone 4711 here
            find here -maxdepth 1 -name '000*' | wc -l
            """,
            Ct);
        (await admin.RunShellAsync($"until [ $(grep -c PUT {log}) -gt 20 ]; do sleep 0.1; done", Ct)).AssertDone();
        string[] before = await File.ReadAllLinesAsync(log, Ct);
        await servers[0].KillAsync();
        CommandResult done = (await series).AssertDone();

        JsonElement record =
            JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(admin.WorkingFolder, "captured"), Ct)).RootElement.GetProperty("capture");
        Assert.Equal(
            (200, 200, 0),
            (record.GetProperty("received").GetInt32(), record.GetProperty("stored").GetInt32(), record.GetProperty("missing").GetInt32()));
        Assert.Equal("200", done.Output.Trim().Split('\n')[^1]);
        Assert.All(servers, server => Assert.Contains(
            before, line => line.Contains($":{server.Address.Port} ", StringComparison.Ordinal) && line.Contains("PUT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_its_workers_and_its_figures_are_the_same_at_every_server()
    {
        await using ClusterSite site = await ClusterSite.CreateAsync(postgres, ceph, Ct);
        ServerProcess[] servers = await site.AddAsync(2, Ct);
        string token = await TokenAsync(servers);
        CommandLine admin = site.LogIn(servers[0].Address, token);

        CommandResult shown = (await admin.RunShellAsync(
            $$"""
            hutch simulate dataset a --detector tiny --images 3
            hutch ingest a_master.h5 lysozyme
            run=$(hutch analyse lysozyme --follow --no-wait --json | jq -r .run)
            at() { curl -fsS -H 'Authorization: Bearer {{token}}' "$@"; }
            for server in {{servers[0].Address}} {{servers[1].Address}}; do
                until at ${server}api/v1/live | jq -e '.runs | length == 1 and .[0].done == 3' >live; do sleep 0.2; done
                at ${server}api/v1/live | jq -c '[.runs[0].id, .runs[0].done, (.workers | length), .queues[0].workers]'
                at ${server}api/v1/runs/$run | jq -c '[.id, .live.measured, .live.waiting]'
            done
            at -X POST {{servers[1].Address}}api/v1/runs/$run/stop || true
            """,
            Ct)).AssertDone();

        string[] lines = [.. shown.Output.Split('\n').Where(static line => line.StartsWith('['))];
        Assert.Equal(4, lines.Length);
        Assert.Equal(lines[0], lines[2]);
        Assert.Equal(lines[1], lines[3]);
        Assert.DoesNotContain("null", lines[3], StringComparison.Ordinal);
    }

    private static Task<string> TokenAsync(ServerProcess[] servers) =>
        servers.First(static server => File.Exists(Path.Combine(server.DataFolder, "admin.token"))).ReadAdminTokenAsync(Ct);

    private static async Task<(PeerProcess Nginx, int Port)> StartNginxAsync(string folder, string log, ServerProcess[] servers)
    {
        int port = LoopbackPort.FindFree();
        string upstream = string.Concat(servers.Select(static server => string.Create(
            CultureInfo.InvariantCulture, $"server 127.0.0.1:{server.Address.Port} max_fails=1 fail_timeout=2s; ")));
        string temporary = string.Concat(
            new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(name => $"{name}_temp_path {folder}/nginx-{name};\n"));
        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx-error.log; events {}
            http {
                log_format where '$upstream_addr $request_method $uri $status';
                access_log {{log}} where;
                {{temporary}}
                upstream hutch { {{upstream}} }
                server {
                    listen 127.0.0.1:{{port}};
                    client_max_body_size 0;
                    location / {
                        proxy_pass http://hutch; proxy_http_version 1.1; proxy_set_header Host $http_host;
                        proxy_request_buffering off; proxy_connect_timeout 1s; proxy_next_upstream error timeout http_503;
                    }
                }
            }
            """,
            Ct);
        PeerProcess nginx = await PeerProcess.StartAsync(PeerProcess.WithParent, ["/usr/sbin/nginx", "-c", file, "-p", folder], Ct);
        await LoopbackPort.WaitAsync(port, Ct);
        return (nginx, port);
    }
}
