using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace Karez.Lab.Learners;

/// <summary>Boosted trees of ML.NET. What was learnt is used at once and kept nowhere.</summary>
internal static class Forest
{
    /// <summary>Learns from one part and scores the other.</summary>
    /// <returns>A score for each sample tested, higher for the group.</returns>
    public static float[] Score(IReadOnlyList<Sample> learn, IReadOnlyList<Sample> test, int seed)
    {
        var context = new MLContext(seed);
        var shape = SchemaDefinition.Create(typeof(Sample));
        shape[nameof(Sample.Features)].ColumnType =
            new VectorDataViewType(NumberDataViewType.Single, learn[0].Features.Length);
        var trainer = context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = 60,
            NumberOfLeaves = 12,
            MinimumExampleCountPerLeaf = 5,
            LearningRate = 0.15,
            UnbalancedSets = true,
            NumberOfThreads = 1, // More would make the same seed give other trees.
            Seed = seed,
        });
        var model = trainer.Fit(context.Data.LoadFromEnumerable(learn, shape));
        var scored = model.Transform(context.Data.LoadFromEnumerable(test, shape));
        return [.. scored.GetColumn<float>("Score")];
    }
}
