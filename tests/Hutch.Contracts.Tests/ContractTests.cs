using System.Text.Json;
using Hutch.Model;

namespace Hutch.Contracts.Tests;

public sealed class ContractTests
{
    [Fact]
    public void Every_record_of_the_interface_can_be_written_and_read()
    {
        foreach (Type type in typeof(HutchJson).Assembly.GetTypes().Where(t => t.Namespace == typeof(HutchJson).Namespace && t.GetMethod("<Clone>$") is not null && !t.IsGenericType))
        {
            // Asking for the type builds what the serializer knows of it, and throws where the record cannot be read.
            Assert.True(HutchJson.Default.GetTypeInfo(type) is not null, $"{type.Name} is missing from {nameof(HutchJson)}.");
        }
    }

    [Fact]
    public void A_request_refuses_members_it_does_not_know_and_members_that_are_missing()
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"name":"a","colour":"red"}""", HutchJson.Default.CreateDataset));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"title":"a"}""", HutchJson.Default.CreateDataset));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"name":"a","name":"b"}""", HutchJson.Default.CreateDataset));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"Name":"a"}""", HutchJson.Default.CreateDataset));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"snapshot":"1"}""", HutchJson.Default.PutTag));
    }

    [Fact]
    public void Null_is_not_written_and_names_are_camel_case()
    {
        string json = JsonSerializer.Serialize(new EntryInfo { Path = "a", Kind = EntryKinds.File, Hash = BlobHash.Compute([]), Size = 0 }, HutchJson.Default.EntryInfo);

        Assert.Equal("""{"path":"a","kind":"file","hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0}""", json);
    }

    [Fact]
    public void A_result_row_carries_the_columns_of_its_step_as_members_of_its_own()
    {
        const string Json = """{"file-number":1,"n_spots_total":2,"d_min":1.50,"note":null}""";

        ResultRow row = JsonSerializer.Deserialize(Json, HutchJson.Default.ResultRow)!;

        Assert.Equal((1, 2, "1.50"), (row.FileNumber, row.Values!["n_spots_total"].GetInt32(), row.Values["d_min"].GetRawText()));
        Assert.Equal(Json, JsonSerializer.Serialize(row, HutchJson.Default.ResultRow));
    }

    [Fact]
    public void A_problem_carries_the_facts_of_the_refusal_as_members_of_its_own()
    {
        Problem problem = JsonSerializer.Deserialize("""{"code":"conflict","base":3}""", HutchJson.Default.Problem)!;

        Assert.Equal(3, problem.Details!["base"].GetInt32());
        Assert.Equal("""{"code":"conflict","base":3}""", JsonSerializer.Serialize(problem, HutchJson.Default.Problem));
    }
}
