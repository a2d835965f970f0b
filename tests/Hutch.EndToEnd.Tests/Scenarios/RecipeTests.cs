using System.Text.Json;
using Hutch.Client;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers.RabbitMq;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Recipes both ways over a real broker, with a program in Python that speaks the envelope of python-workflows.</summary>
public sealed class RecipeTests(RecipeSite site) : IClassFixture<RecipeSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hutch_is_a_step_of_a_recipe_of_others_and_gives_the_results_of_its_own_analysis()
    {
        using Account ada = await site.NewAccountAsync(Ct);
        string script =
            $$$"""
            peer() { {{{site.Peer}}} "$@"; }
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 lysozyme >/dev/null
            hutch analyse lysozyme --preset pia --json | jq -cS . | sort >expected
            peer declare per_image_analysis feedback
            recipe='{"1":{"service":"PIA","queue":"per_image_analysis","parameters":{"dcid":4711},"output":[2]},"2":{"queue":"feedback"},"start":[[1,[]]]}'
            ask() { jq -cn --argjson r "$recipe" --arg f "$1" --argjson n "$2" '{recipe:$r,pointer:1,payload:{file:$f,"file-number":$n,"file-pattern-index":7}}'; }
            printf guest >password
            hutch recipe-worker --broker amqp://127.0.0.1:{{{site.Broker.Port}}} --password-file password --files "$PWD" >worker.log 2>&1 &
            worker=$!
            trap 'kill -KILL $worker 2>/dev/null || true' EXIT
            { ask "$PWD/later/sim_master.h5" 1; for n in 1 2 3 4 5; do ask "$PWD/sim_master.h5" $n; done
              ask /etc/passwd 1; ask "$PWD/sim_master.h5" 0; echo nonsense; } | peer send per_image_analysis
            peer take feedback 5 >rows
            jq -cS '.body|fromjson|.payload|select(."file-pattern-index"==7 and (.file|endswith("/sim_master.h5")))|del(.file,."file-pattern-index")' rows | sort >found
            cmp expected found
            jq -ce '.headers."workflows-recipe"==true and (.body|fromjson|."recipe-pointer"==2 and ."recipe-path"==[1] and .environment.ID=="5c4a0b1e")' rows >/dev/null
            peer take dlq.per_image_analysis 3 | jq -r '.headers."dead-reason"' | sed 's/no JSON:.*/no JSON/' | sort >dead
            mkdir later && cp sim_*.h5 later/
            peer take feedback 1 | jq -c '.body|fromjson|.payload|del(.file,."file-pattern-index")' | jq -cS . >late
            cmp <(jq -c 'select(."file-number"==1)' expected) late
            kill -TERM $worker && wait $worker
            tail -1 worker.log
            """;

        CommandResult result = (await ada.RunShellAsync(script, Ct)).AssertDone();

        // The last one counts once the broker has confirmed its result, which its reader may have before.
        Assert.Matches("[56] images analysed\\.", result.Output);
        Assert.Equal(
            [
                "'/etc/passwd' is in no folder that this worker may read.",
                "The message cannot be used: it is no JSON",
                "The message cannot be used: its payload must have 'file-number', the image, counted from 1.",
            ],
            await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "dead"), Ct));
    }

    [Fact]
    public async Task A_service_of_others_is_a_step_of_a_recipe_of_Hutch()
    {
        using Account ada = await site.NewAccountAsync(Ct);
        (await ada.RunShellAsync($"{site.Peer} declare theirs.double theirs.results theirs.end", Ct)).AssertDone();
        await using WorkflowsService service = await WorkflowsService.StartAsync(site.Broker, "theirs.double", Ct);
        string script =
            $$$"""
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 lysozyme >/dev/null
            cat >recipe.json <<'RECIPE'
            { "1": { "service": "Hutch", "queue": "per_image_analysis", "output": { "result": 2, "end": 4 } },
              "2": { "service": "Double", "queue": "theirs.double", "parameters": { "dcid": "{dcid}", "of": "{name}" }, "output": 3, "transport-delay": 0.2 },
              "3": { "service": "Results", "queue": "theirs.results" },
              "4": { "service": "End", "queue": "theirs.end" },
              "start": [[1, []]] }
            RECIPE
            {{{site.Peer}}} purge every.row >purged 2>&1 || true # what runs of other tests have left there
            hutch submit lysozyme --recipe recipe.json --parameter dcid=4711 --wait --json >submitted
            {{{site.Peer}}} take theirs.results 5 >results
            {{{site.Peer}}} take theirs.end 1 >end
            {{{site.Peer}}} take every.row 5 >rows
            hutch submit lysozyme --recipe <(sed s/theirs.end/ispyb/ recipe.json) --parameter dcid=1 2>refused || true
            """;

        (await ada.RunShellAsync(script, Ct)).AssertDone();

        string[] Lines(string name) => File.ReadAllLines(Path.Combine(ada.WorkingFolder, name));
        Dictionary<int, int> spots = Lines("submitted").Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(row => row.GetProperty("file-number").GetInt32(), row => row.GetProperty("n_spots_total").GetInt32());
        JsonElement[] results = [.. Lines("results").Select(Body)];
        Assert.Equal([2, 4, 6, 8, 10], results.Select(result => result.GetProperty("payload").GetProperty("doubled").GetInt32()).Order());
        Assert.All(results, result =>
        {
            JsonElement payload = result.GetProperty("payload");
            Assert.Equal(spots[payload.GetProperty("doubled").GetInt32() / 2], payload.GetProperty("n_spots_total").GetInt32());
            Assert.Equal($$"""{"dcid": "4711", "of": "{{ada.Name}}/lysozyme"}""", payload.GetProperty("parameters").GetRawText());
            Assert.Equal("[1, 2]", result.GetProperty("recipe-path").GetRawText());
        });
        Assert.Equal(5, Body(Lines("end")[0]).GetProperty("payload").GetProperty("frames").GetInt32());
        Assert.Equal([1, 2, 3, 4, 5], Lines("rows").Select(line => Body(line).GetProperty("file-number").GetInt32()).Order());
        Assert.Contains("Node 4 of the recipe cannot send to 'ispyb'", string.Join(' ', Lines("refused")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_others_that_begins_a_recipe_opens_each_frame_though_one_of_its_processes_is_killed()
    {
        using Account ada = await site.NewAccountAsync(Ct);
        (await ada.RunShellAsync($"{site.Peer} declare theirs.first theirs.sums", Ct)).AssertDone();
        WorkflowsService killed = await WorkflowsService.StartAsync(site.Broker, "theirs.first", Ct, "hold");
        string begin =
            """
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 lysozyme >/dev/null
            cat >recipe.json <<'RECIPE'
            { "1": { "service": "Sums", "queue": "theirs.first", "parameters": { "of": "{name}" }, "output": [2] },
              "2": { "service": "Results", "queue": "theirs.sums" },
              "start": [[1, []]] }
            RECIPE
            hutch submit lysozyme --recipe recipe.json --json | jq -r .run >run
            """;
        (await ada.RunShellAsync(begin, Ct)).AssertDone();
        await site.Admin.UntilAsync(
            client => client.GetQueuesAsync(Ct),
            static queues => queues.Items.Any(static queue => queue is { Name: "theirs.first", State: "without-reader" } or { Name: "theirs.first", State: "ok", Ready: > 0 }),
            Ct);
        await killed.DisposeAsync();
        await using WorkflowsService service = await WorkflowsService.StartAsync(site.Broker, "theirs.first", Ct, "fetch");
        string script =
            $$$"""
            {{{site.Peer}}} take theirs.sums 5 | jq -c '.body|fromjson|.payload' >sums
            hutch submit lysozyme --recipe recipe.json --wait --json >rows
            hutch clone lysozyme >/dev/null
            for n in 1 2 3 4 5; do echo "$n $(sha256sum <lysozyme/00000$n | cut -d' ' -f1)"; done >expected
            jq -r '"\(."file-number") \(.sha256)"' sums | sort | cmp - expected
            until api runs/$(cat run) | jq -e '.state == "done"' >waited; do sleep 0.05; done
            for address in $(jq -r .address sums); do curl -s -o /dev/null -w '%{http_code}\n' "$address"; done | sort -u
            jq -cS . rows | sort
            """;

        CommandResult result = (await ada.RunShellAsync(script, Ct)).AssertDone();

        // After its run an address opens nothing.
        Assert.Equal(
            "404\n" + string.Concat(Enumerable.Range(1, 5).Select(n => $"{{\"attempt\":1,\"file-number\":{n}}}\n")),
            result.Output);
        Assert.Contains("/api/v1/frames/", ada.Server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("signature", ada.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_a_frame_ends_with_its_dataset_and_with_its_run()
    {
        using Account ada = await site.NewAccountAsync(Ct);
        string script =
            $$$"""
            {{{site.Peer}}} declare theirs.held
            hutch simulate dataset sim --detector small --images 3 >/dev/null
            hutch ingest sim_master.h5 lysozyme >/dev/null
            echo '{ "1": { "queue": "theirs.held" }, "start": [[1, []]] }' >recipe.json
            hutch submit lysozyme --recipe recipe.json --json | jq -r .run >run
            {{{site.Peer}}} take theirs.held 1 | jq -r '.body|fromjson|.payload.address' >address
            code() { echo "$1 $(curl -s -o frame -w '%{http_code}' "$(cat address)")"; }
            code get
            hutch delete lysozyme >/dev/null
            code deleted
            hutch restore lysozyme >/dev/null
            code restored
            hutch runs stop $(cat run) >/dev/null
            code stopped
            """;

        CommandResult result = (await ada.RunShellAsync(script, Ct)).AssertDone();

        Assert.Equal("get 200\ndeleted 404\nrestored 200\nstopped 404\n", result.Output);
    }

    [Fact]
    public async Task An_operator_sends_what_a_service_gave_up_again_and_others_may_not()
    {
        string script =
            $$$"""
            {{{site.Peer}}} declare per_image_analysis
            for n in 1 2 3; do echo "nonsense $n"; done | {{{site.Peer}}} send dlq.per_image_analysis
            until api queues | jq -e 'any(.items[]; .name == "dlq.per_image_analysis" and .ready == 3)' >waited; do sleep 0.1; done
            hutch queue list | grep -E '^dlq.per_image_analysis +dead-letters +3 '
            hutch queue show dlq.per_image_analysis --max 2 | tee shown
            grep -c nonsense shown
            hutch queue resend dlq.per_image_analysis --max 1
            {{{site.Peer}}} take per_image_analysis 1 | jq -r .body
            hutch queue drain dlq.per_image_analysis --json
            hutch queue show dlq.per_image_analysis 2>&1
            hutch queue drain dlq.nothing 2>&1 || true
            hutch user create bob --json | jq -r .token >bob
            HUTCH_TOKEN=$(cat bob) hutch queue list 2>&1 || true
            """;

        CommandResult result = (await site.Admin.RunShellAsync(script, Ct)).AssertDone();

        foreach (string line in new[]
        {
            "1 dead letter sent again, 2 left.", "nonsense 1", """{"deleted":2}""", "0 of 0 dead letters.",
            "There is no queue 'dlq.nothing'.", "To see, drain and re-send dead letters, you need one of the roles operator",
        })
        {
            Assert.Contains(line, result.Output, StringComparison.Ordinal);
        }
    }

    private static JsonElement Body(string line) =>
        JsonDocument.Parse(JsonDocument.Parse(line).RootElement.GetProperty("body").GetString()!).RootElement;
}
