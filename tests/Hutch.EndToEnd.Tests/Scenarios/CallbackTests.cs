using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.Http;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Results that leave the server by HTTP and as datagrams.</summary>
public sealed class CallbackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rows_of_a_run_arrive_by_http_and_as_datagrams_at_addresses_that_are_listed_also_after_a_kill()
    {
        using TemporaryFolder folder = new();
        await using var receiver = new HttpReceiver();
        using var acquisition = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string[] options =
        [
            "--set", $"callbacks.allow=127.0.0.1:{receiver.Port}", "--set", $"datagrams.to={acquisition.Client.LocalEndPoint}",
        ];
        int port = Peers.LoopbackPort.FindFree();
        ServerProcess first = ServerProcess.Start(folder["data"], port, options);
        await first.WaitReadyAsync(Ct);
        using Account ada = new(first, "admin", await first.ReadAdminTokenAsync(Ct), folder["people"]);

        await AssertArriveAsync(ada, receiver, acquisition);

        receiver.Answer = static _ => "HTTP/1.1 503 Service Unavailable";
        (await ada.RunShellAsync($"hutch submit 4711 --callback http://127.0.0.1:{receiver.Port}/", Ct)).AssertDone();
        await receiver.NextAsync(Ct);
        await receiver.NextAsync(Ct);
        CommandResult shown = (await ada.RunShellAsync("hutch runs show $(hutch runs list 4711 --json | jq -r .id | head -1)", Ct)).AssertDone();

        await first.KillAsync();
        await first.DisposeAsync();
        receiver.Answer = static _ => "HTTP/1.1 200 OK";
        await using ServerProcess second = ServerProcess.Start(folder["data"], port, options);
        await second.WaitReadyAsync(Ct);

        Assert.Contains("0 rows; the others wait for the receiver: it answered 503", shown.Output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4, 5], (await ReadToEndAsync(receiver)).Select(row => row.GetProperty("file-number").GetInt32()).Distinct().Order());
    }

    /// <summary>A run whose rows arrive at both kinds of addresses, and some whose addresses are not listed.</summary>
    private static async Task AssertArriveAsync(Account ada, HttpReceiver receiver, UdpClient acquisition)
    {
        string script =
            $$$"""
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 4711 >/dev/null
            hutch submit 4711 --preset pia --callback http://127.0.0.1:{{{receiver.Port}}}/rows --wait --json >submitted
            for url in http://localhost:{{{receiver.Port}}}/rows http://127.0.0.1:1/ http://me:secret@127.0.0.1:{{{receiver.Port}}}/rows; do
              hutch submit 4711 --callback $url 2>>refused && exit 1
            done
            hutch runs list 4711 --json | jq -r '.command' | head -1
            """;

        CommandResult result = (await ada.RunShellAsync(script, Ct)).AssertDone();

        Dictionary<int, JsonElement> rows = (await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "submitted"), Ct))
            .Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(row => row.GetProperty("file-number").GetInt32());
        Assert.Equal(5, rows.Count);
        Assert.Equal(rows.Values.Select(Text).Order(), (await ReadToEndAsync(receiver)).Select(Text).Order());
        for (int count = 0; count < 5; count++)
        {
            string[] fields = Encoding.Latin1.GetString((await acquisition.ReceiveAsync(Ct)).Buffer).Split(':');
            JsonElement row = rows[int.Parse(fields[2], CultureInfo.InvariantCulture)];
            string[] expected =
            [
                "PIA", "4711", fields[2],
                .. new[] { "n_spots_total", "n_spots_no_ice", "estimated_d_min", "total_intensity" }.Select(field => row.GetProperty(field).GetRawText()),
            ];
            Assert.Equal(expected, fields);
        }

        string refused = await File.ReadAllTextAsync(Path.Combine(ada.WorkingFolder, "refused"), Ct);
        Assert.Equal(2, refused.Split("'callbacks.allow'").Length - 1);
        Assert.Contains($"--callback http://127.0.0.1:{receiver.Port}/rows", result.Output, StringComparison.Ordinal);
    }

    private static string Text(JsonElement row) => string.Join(
        ' ', row.EnumerateObject().OrderBy(value => value.Name, StringComparer.Ordinal).Select(value => $"{value.Name}={value.Value}"));

    private static async Task<List<JsonElement>> ReadToEndAsync(HttpReceiver receiver)
    {
        var rows = new List<JsonElement>();
        while (true)
        {
            JsonElement message = JsonDocument.Parse((await receiver.NextAsync(Ct)).Body).RootElement;
            if (message.GetProperty("type").GetString() == "result.end")
            {
                return rows;
            }

            rows.AddRange(message.GetProperty("rows").EnumerateArray());
        }
    }
}
