using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Processing;
using Hutch.Processing.Runs;
using Hutch.Zone.Partners;

namespace Hutch.Api.Tests.Security;

// The callers, and the target of their requests.
public sealed partial class AuthorizationMatrixTests
{
    private static TestPartner NewPartner() => new(new PartnerRule { Path = "/target", Gives = "owner/target" });

    private static async Task<Target> TargetAsync(TestServer server, TestCaller owner, TestCaller service)
    {
        string id = (await service.PostAsync("datasets", new { name = "owner/target" })).Must(201).Json.GetProperty("id").GetString()!;
        byte[] blob = "a"u8.ToArray();
        await PushTests.PushAsync(owner, id, null, blob);
        (await owner.PutAsync($"datasets/{id}/entries/a", "a")).Must(201);
        string other = await owner.DatasetAsync("other");
        (await owner.PutAsync($"datasets/{other}/entries/a", "something else")).Must(201);
        var target = new Target(server, owner)
        {
            ["id"] = id,
            ["other"] = other,
            ["hash"] = Blobs.Hash(blob),
            ["foreign"] = Blobs.Hash("something else"),
            ["path"] = "a",
            ["at"] = "1",
            ["ref"] = "1",
            ["sid"] = await PushTests.StartAsync(owner, id),
            ["key"] = Blobs.Hash("large"),
            ["tag"] = "tagged",
            ["principal"] = "user:someone",
        };
        target["run"] = await target.StartRunAsync();
        return target;
    }

    private static async Task<List<(string Name, TestCaller Caller)>> CallersAsync(
        TestServer server, Target target, TestCaller service, TestPartner partner)
    {
        TestCaller owner = target.Owner;
        string id = target["id"];
        var callers = new List<(string, TestCaller)> { ("nobody", server.Nobody), ("stranger", await server.UserAsync("stranger")) };
        foreach ((string name, string right) in Rights)
        {
            TestCaller user = await server.UserAsync(name);
            (await owner.PutJsonAsync($"datasets/{id}/grants/user:{name}", new { right })).Must(200);
            callers.Add((name, user));
        }

        foreach (string right in (string[])["view", "read"])
        {
            Answer link = (await owner.PostAsync($"datasets/{id}/links", new { right })).Must(201);
            callers.Add(("link:" + right, server.With(link.Json.GetProperty("token").GetString()!)));
        }

        callers.Add(("partner", server.With(partner.Token("storage.read:/target"))));
        callers.Add(("owner", owner));
        foreach (string scope in (string[])["read", "write", "manage"])
        {
            callers.Add(("owner:" + scope, await TokenAsync(new { scopes = new[] { scope } })));
        }

        callers.Add(("owner:other", await TokenAsync(new { dataset = target["other"], scopes = new[] { "read", "write", "manage" } })));
        callers.Add(("service", service));
        Answer work = (await server.Admin.PostAsync("tokens", new { scopes = new[] { "work" } })).Must(201);
        callers.Add(("admin:work", server.With(work.Json.GetProperty("token").GetString()!)));
        foreach (string role in (string[])["operator", "site-admin", "auditor", "administrator"])
        {
            Answer user = (await server.Admin.PostAsync("users", new { name = "is-" + role, roles = new[] { role } })).Must(201);
            callers.Add((role == "administrator" ? "admin" : role, server.With(user.Json.GetProperty("token").GetString()!)));
        }

        return callers;

        async Task<TestCaller> TokenAsync(object wanted) =>
            server.With((await owner.PostAsync("tokens", wanted)).Must(201).Json.GetProperty("token").GetString()!);
    }

    /// <summary>The dataset that is tried, and what in it can be named.</summary>
    private sealed class Target(TestServer server, TestCaller owner) : Dictionary<string, string>
    {
        public TestCaller Owner => owner;

        /// <summary>Begins a run of the owner's that reads and writes it.</summary>
        public async Task<string> StartRunAsync()
        {
            var dataset = new DatasetId(Guid.Parse(this["id"]));
            var run = new NewRun
            {
                Id = Guid.NewGuid(),
                Description = new RunDescription(
                    "program", "1", null, null, new Dictionary<string, string> { [RunEnvironment.Machine] = "the-machine", ["system"] = "the-system" }, "owner", "0123token"),
                Inputs = [new VersionReference(dataset, null, null)],
                Outputs = [dataset],
            };
            Assert.True((await new RunServices(server.Server.Site, TimeProvider.System).Registry.StartAsync(run, Ct)).IsOk);
            return run.Id.ToString("N");
        }
    }
}
