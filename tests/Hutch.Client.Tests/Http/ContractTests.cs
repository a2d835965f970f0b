using System.Text.Json;
using Hutch.Model;
using Hutch.Model.Contracts;

namespace Hutch.Client.Tests.Http;

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
        string json = JsonSerializer.Serialize(new EntryInfo { Path = "a", Kind = EntryKinds.File, Hash = BlobHash.Of([]), Size = 0 }, HutchJson.Default.EntryInfo);

        Assert.Equal("""{"path":"a","kind":"file","hash":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0}""", json);
    }

    [Fact]
    public void A_result_row_has_the_names_by_which_peers_know_the_statistics()
    {
        string json = JsonSerializer.Serialize(new ResultRow { FileNumber = 1, SpotsTotal = 2, SpotsNoIce = 3, Spots4A = 4, TotalIntensity = 5, EstimatedDMin = 6, DMinDistlMethod1 = 7, NoisinessMethod1 = 8, DMinDistlMethod2 = 9, NoisinessMethod2 = 10 }, HutchJson.Default.ResultRow);

        Assert.Equal("""{"file-number":1,"n_spots_total":2,"n_spots_no_ice":3,"n_spots_4A":4,"total_intensity":5,"estimated_d_min":6,"d_min_distl_method_1":7,"noisiness_method_1":8,"d_min_distl_method_2":9,"noisiness_method_2":10}""", json);
    }

    [Fact]
    public void A_problem_carries_the_facts_of_the_refusal_as_members_of_its_own()
    {
        Problem problem = JsonSerializer.Deserialize("""{"code":"conflict","base":3}""", HutchJson.Default.Problem)!;

        Assert.Equal(3, problem.Details!["base"].GetInt32());
        Assert.Equal("""{"code":"conflict","base":3}""", JsonSerializer.Serialize(problem, HutchJson.Default.Problem));
    }
}
