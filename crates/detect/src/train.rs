//! Training a head: logistic regression over sentences. Nothing random: the same examples make the same weights.

use crate::heads::Head;
use crate::model::{Sentence, WIDTH};
use usher_scan::theme::Theme;

/// Rounds of descent; the loss of every head is still by then.
const ROUNDS: usize = 1_500;
/// How far one round goes.
const STEP: f32 = 4.0;
/// How much large weights cost: few examples, many numbers.
const SHRINK: f32 = 0.000_3;

/// One example: a sentence, whether it is of the theme, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub struct Example<'a> {
    /// The sentence.
    pub sentence: &'a Sentence,
    /// Whether it is of the theme.
    pub is: bool,
    /// How much it counts beside others.
    pub weight: f32,
}

/// Trains one head. Its thresholds are the caller's to set, by what it measures.
pub fn train(theme: Theme, examples: &[Example<'_>]) -> Head {
    let mut head = Head { theme, threshold: 0.5, sure: 0.5, bias: 0.0, weights: vec![0.0; WIDTH] };
    // Both sides weigh the same, however many there are of each.
    let sum = |is: bool| {
        let of = examples.iter().filter(|example| example.is == is);
        of.map(|example| example.weight).sum::<f32>().max(f32::EPSILON)
    };
    let sides = (sum(true), sum(false));
    let mut slope = vec![0.0_f32; WIDTH];
    for _ in 0..ROUNDS {
        slope.fill(0.0);
        let mut lean = 0.0;
        for example in examples {
            let (side, wanted) = if example.is { (sides.0, 1.0) } else { (sides.1, 0.0) };
            let off = (head.score(example.sentence) - wanted) * example.weight / side;
            lean += off;
            for (sum, number) in slope.iter_mut().zip(example.sentence) {
                *sum += off * number;
            }
        }
        head.bias -= STEP * lean;
        for (weight, slope) in head.weights.iter_mut().zip(&slope) {
            *weight -= STEP * (slope + SHRINK * *weight);
        }
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_apart_is_told_apart_and_the_same_examples_make_the_same_head() {
        let at = |place: usize| {
            let mut sentence = [0.0; WIDTH];
            sentence[place] = 1.0;
            sentence
        };
        let (grave, calm) = (at(3), at(9));
        let examples = [
            Example { sentence: &grave, is: true, weight: 1.0 },
            Example { sentence: &calm, is: false, weight: 1.0 },
        ];
        let head = train(Theme::Drugs, &examples);
        assert!(head.score(&grave) > 0.9 && head.score(&calm) < 0.1);
        assert_eq!(head, train(Theme::Drugs, &examples));
    }
}
