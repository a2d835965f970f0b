using System.Text.Json.Nodes;

namespace Hutch.Api.Documents;

/// <summary>
/// The lineage of a dataset as PROV-JSON (W3C Member Submission of 24 April 2013): datasets and statements are entities, runs activities,
/// accounts and sites agents.
/// </summary>
internal static class ProvenanceDocuments
{
    private const string Dataset = "dataset:", Run = "run:", Account = "account:", Site = "site:", Statement = "statement:";

    /// <param name="addressOf">The address of a page of the portal.</param>
    public static JsonElement From(
        DatasetInfo dataset, Lineage lineage, IReadOnlyList<StatementInfo> statements, Func<string, string> addressOf)
    {
        JsonObject entities = [], activities = [], agents = [];
        var document = new JsonObject
        {
            ["prefix"] = new JsonObject
            {
                ["hutch"] = "urn:hutch:",
                ["dataset"] = addressOf("datasets/"),
                ["run"] = addressOf("runs/"),
                ["account"] = addressOf("accounts/"),
                ["site"] = addressOf("sites/"),
                ["statement"] = addressOf("statements/"),
            },
            ["entity"] = entities,
            ["activity"] = activities,
            ["agent"] = agents,
        };
        var relations = new Relations(document);
        foreach (DatasetInfo one in (IEnumerable<DatasetInfo>)[dataset, .. lineage.Ancestors, .. lineage.Descendants])
        {
            entities[Dataset + one.Id] = Named(one.Title ?? one.Name, ("hutch:name", one.Name), ("hutch:type", one.Type));
            foreach (ParentInfo parent in one.Parents)
            {
                Entity(entities, parent.Id);
                relations.Add("wasDerivedFrom", ("prov:generatedEntity", Dataset + one.Id), ("prov:usedEntity", Dataset + parent.Id));
            }
        }

        foreach (RunInfo run in lineage.Runs)
        {
            AddRun(run, entities, activities, agents, relations);
        }

        foreach (StatementInfo statement in statements.Where(static one => one.Trusted))
        {
            string id = Statement + statement.Rerun;
            entities[id] = Named(statement.Summary, ("hutch:document", statement.Document), ("hutch:proof", statement.Proof));
            agents[Site + statement.Site] = Named(statement.Site!, ("prov:type", "prov:Organization"));
            relations.Add("wasDerivedFrom", ("prov:generatedEntity", id), ("prov:usedEntity", Dataset + dataset.Id));
            relations.Add("wasAttributedTo", ("prov:entity", id), ("prov:agent", Site + statement.Site));
        }

        return JsonElement.Parse(document.ToJsonString());
    }

    private static void AddRun(RunInfo run, JsonObject entities, JsonObject activities, JsonObject agents, Relations relations)
    {
        string id = Run + run.Id;
        JsonObject activity = Named(
            $"{run.Program} {run.Version}", ("hutch:program", run.Program), ("hutch:version", run.Version), ("hutch:command", run.Command),
            ("hutch:parameters", run.Parameters?.GetRawText()), ("hutch:state", run.State));
        activity["prov:startTime"] = Time(run.Started);
        if (run.Finished is { } finished)
        {
            activity["prov:endTime"] = Time(finished);
        }

        activities[id] = activity;
        foreach (RunInput input in run.Inputs)
        {
            Entity(entities, input.Dataset);
            relations.Add(
                "used", ("prov:activity", id), ("prov:entity", Dataset + input.Dataset),
                ("hutch:snapshot", input.Snapshot?.ToString(CultureInfo.InvariantCulture)));
        }

        foreach (DatasetId output in run.Outputs)
        {
            Entity(entities, output);
            relations.Add("wasGeneratedBy", ("prov:entity", Dataset + output), ("prov:activity", id));
        }

        if (run.User is { } user)
        {
            agents[Account + user] = Named(user, ("prov:type", "prov:Person"));
            relations.Add("wasAssociatedWith", ("prov:activity", id), ("prov:agent", Account + user));
        }
    }

    /// <summary>Adds a dataset of which only the id is visible.</summary>
    private static void Entity(JsonObject entities, DatasetId id) => entities.TryAdd(Dataset + id, new JsonObject());

    private static JsonObject Named(string label, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        JsonObject named = ToObject(attributes);
        named["prov:label"] = label;
        return named;
    }

    /// <summary>Returns an object with the attributes that have a value.</summary>
    private static JsonObject ToObject(ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        var made = new JsonObject();
        foreach ((string name, string? value) in attributes)
        {
            if (value is not null)
            {
                made[name] = name == "prov:type" ? new JsonObject { ["$"] = value, ["type"] = "prov:QUALIFIED_NAME" } : value;
            }
        }

        return made;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>The relations of each kind in a document, which have no names of their own.</summary>
    private sealed class Relations(JsonObject document)
    {
        private int _count;

        public void Add(string kind, params ReadOnlySpan<(string Name, string? Value)> attributes)
        {
            if (document[kind] is not JsonObject all)
            {
                document[kind] = all = [];
            }

            all[string.Create(CultureInfo.InvariantCulture, $"_:{++_count}")] = ToObject(attributes);
        }
    }
}
