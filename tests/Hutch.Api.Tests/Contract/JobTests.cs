using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Model.Maintenance;

namespace Hutch.Api.Tests.Contract;

public sealed class JobTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_is_started_with_the_parameters_that_it_declares()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Operator));

        string id = (await server.Admin.PostAsync("jobs", new { kind = "count", parameters = new { to = 3 } })).Must(202).Json.GetProperty("id").GetString()!;

        await server.Server.Site.Jobs.WaitAsync(Guid.Parse(id), Ct);
        JsonElement job = (await server.Admin.GetAsync("jobs/" + id)).Must(200).Json;
        Assert.Equal("done", job.GetProperty("state").GetString());
        Assert.Equal("Counted to 3.", job.GetProperty("message").GetString());
        Assert.Equal(3, job.GetProperty("result").GetInt64());
    }

    [Theory]
    [InlineData("""{"kind":"count","parameters":{"to":-1}}""", "to is '-1', but it must be 0 or more.")]
    [InlineData("""{"kind":"count","parameters":{"from":1}}""", "The job 'count' has no parameter 'from'. It has to.")]
    [InlineData("""{"kind":"count","folder":"/tmp"}""", "The job 'count' has no parameter 'folder'. It has to.")]
    public async Task Parameters_that_a_task_does_not_take_are_refused(string body, string message)
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Operator));

        Answer answer = await server.Admin.SendAsync(HttpMethod.Post, "jobs", new StringContent(body, null, "application/json"));

        answer.MustRefuse(422, "unprocessable");
        Assert.Equal(message, answer.Json.GetProperty("detail").GetString());
        Assert.Empty((await server.Server.Site.Jobs.ListAsync(Ct)).Value);
    }

    [Fact]
    public async Task The_kinds_of_jobs_list_their_parameters_and_required_roles()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Administrator));

        JsonElement[] kinds = [.. (await server.Admin.GetAsync("jobs/kinds")).Must(200).Json.GetProperty("items").EnumerateArray()];

        Assert.Equal(["gc", "scrub", "checkpoint", "backup", "count"], kinds.Select(kind => kind.GetProperty("kind").GetString()));
        Assert.Equal(
            ["operator", "operator", "operator", "administrator", "administrator"], kinds.Select(kind => kind.GetProperty("starter").GetString()));
        Assert.Equal("to", kinds[^1].GetProperty("parameters")[0].GetProperty("name").GetString());
        (await (await server.UserAsync("ada")).GetAsync("jobs/kinds")).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task A_task_for_administrators_is_not_started_by_an_operator()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Administrator));
        Answer olga = (await server.Admin.PostAsync("users", new { name = "olga", roles = new[] { "operator" } })).Must(201);
        TestCaller operating = server.With(olga.Json.GetProperty("token").GetString()!);

        (await operating.PostAsync("jobs", new { kind = "checkpoint" })).Must(202);
        (await operating.PostAsync("jobs", new { kind = "count" })).MustRefuse(403, "forbidden");
        (await operating.PostAsync("jobs", new { kind = "backup", folder = "/tmp/olga" })).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task Two_tasks_of_a_kind_are_refused()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Operator));

        Assert.Throws<ArgumentException>(() => server.Server.Site.Jobs.Add(new CountTask(TaskStarter.Operator)));
    }
}
