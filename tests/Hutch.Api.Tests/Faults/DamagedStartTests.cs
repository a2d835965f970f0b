using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Faults;

/// <summary>A server that starts on damaged files serves what is whole, and says in every place where an operator looks what is not.</summary>
public sealed class DamagedStartTests
{
    [Fact]
    public async Task A_lost_segment_is_told_at_the_start_in_the_readiness_the_metrics_and_the_interface()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        string id = await server.Admin.DatasetAsync("hit");
        byte[] large = Blobs.Random(1, 2 << 20);
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(large))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/small", "whole")).Must(201);
        Assert.Equal("ready\n", (await server.Nobody.GetAsync("/health/ready")).Must(200).Text);
        string lost = "";

        await server.RestartAsync(() =>
        {
            lost = Directory.GetFiles(Path.Combine(server.Folder, "segments"), "*.bulk.tar").Single();
            File.Delete(lost);
        });

        string name = Path.GetFileName(lost);
        Assert.Contains(log.Warnings, line => line.Contains(name, StringComparison.Ordinal) && line.Contains("hutch verify", StringComparison.Ordinal));
        Answer ready = (await server.Nobody.GetAsync("/health/ready")).Must(200);
        Assert.StartsWith("ready\nwarning segments-lost: ", ready.Text, StringComparison.Ordinal);
        Assert.Contains(name, ready.Text, StringComparison.Ordinal);
        Assert.Contains("\nhutch_storage_lost_segments ", (await server.Nobody.GetAsync("/metrics")).Text, StringComparison.Ordinal);
        Answer warnings = (await server.Admin.GetAsync("warnings")).Must(200);
        Assert.Equal("segments-lost", Assert.Single(warnings.Json.GetProperty("items").EnumerateArray()).GetProperty("kind").GetString());
        (await (await server.UserAsync("ada")).GetAsync("warnings")).MustRefuse(403, "forbidden");
        (await server.Nobody.GetAsync("warnings")).MustRefuse(401, "unauthenticated");
        Assert.Equal("whole", (await server.Admin.GetAsync($"datasets/{id}/entries/small")).Must(200).Text);
        (await server.Admin.GetAsync($"datasets/{id}/entries/large")).MustRefuse(410, "gone");
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(large))).Must(204);
        Assert.Equal(large, (await server.Admin.GetAsync($"datasets/{id}/entries/large")).Must(200).Bytes);
    }

    [Fact]
    public async Task A_damaged_site_db_is_made_anew_without_a_hand_and_the_log_says_so()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log);
        string id = await server.Admin.DatasetAsync("kept");
        (await server.Admin.PutAsync($"datasets/{id}/entries/file", "kept")).Must(201);

        await server.RestartAsync(() => File.WriteAllText(Path.Combine(server.Folder, "site.db"), "this is no database"));

        Assert.Equal("kept", (await server.Admin.GetAsync($"datasets/{id}/entries/file")).Must(200).Text);
        Assert.Contains(log.Errors, line => line.Contains("site.db.damaged", StringComparison.Ordinal));
        Assert.Contains("warning records-rebuilt: ", (await server.Nobody.GetAsync("/health/ready")).Must(200).Text, StringComparison.Ordinal);
        Assert.Equal("this is no database", File.ReadAllText(Path.Combine(server.Folder, "site.db.damaged")));
    }
}
