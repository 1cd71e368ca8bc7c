//! The sentence model: a text becomes 384 numbers, and texts of like meaning lie near each other.

use std::path::Path;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_text::Tokenizer;

use crate::files::{self, FilesFault};

/// How many numbers a sentence has; the model's own size.
pub const WIDTH: usize = 384;

/// Tokens read of one text. A search has some ten; the model was trained with 128 and reads no more well.
const MOST_TOKENS: usize = 128;

/// A sentence as the model sees it, of length one.
pub type Sentence = [f32; WIDTH];

/// What is wrong with a model or what it gave.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFault {
    /// Its files are not there, or not those that were checked.
    #[error(transparent)]
    Files(#[from] FilesFault),
    /// The runtime cannot load it.
    #[error("the sentence model cannot be loaded")]
    Load(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A text could not be read by it.
    #[error("the sentence model gave no answer")]
    Run(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It gave something of another shape than a sentence.
    #[error("the sentence model gave {0} numbers where a sentence has {WIDTH}")]
    Shape(usize),
}

/// The model, ready to read.
pub struct Embedder {
    model: Model,
    tokenizer: Tokenizer,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    pool: std::sync::Arc<ThreadPool>,
}

/// What an input of the model wants.
#[derive(Debug, Clone, Copy)]
enum Input {
    Tokens,
    Mask,
    Types,
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedder").finish_non_exhaustive()
    }
}

impl Embedder {
    /// Loads the model from the folder where [`files::fetch`] put it.
    ///
    /// # Errors
    /// When a file is missing, is not the one that was checked, or cannot be loaded.
    pub fn load(folder: &Path) -> Result<Self, ModelFault> {
        let (model, tokenizer) = files::read(folder)?;
        let tokenizer = String::from_utf8(tokenizer).map_err(|error| ModelFault::Load(Box::new(error)))?;
        let tokenizer =
            Tokenizer::from_json(&tokenizer).map_err(|error| ModelFault::Load(error.to_string().into()))?;
        let model = Model::load(model).map_err(|error| ModelFault::Load(error.to_string().into()))?;
        let kind = |id: &NodeId| {
            let name =
                model.node_info(*id).and_then(|node| node.name().map(str::to_owned)).unwrap_or_default();
            let kind = match name.as_str() {
                name if name.contains("mask") => Input::Mask,
                name if name.contains("type") => Input::Types,
                _ => Input::Tokens,
            };
            (*id, kind)
        };
        let inputs = model.input_ids().iter().map(kind).collect();
        let output = model.output_ids().first().copied().ok_or(ModelFault::Shape(0))?;
        // One thread: pages that pass need the others more than a search needs its answer.
        let pool = std::sync::Arc::new(ThreadPool::with_num_threads(1));
        Ok(Self { model, tokenizer, inputs, output, pool })
    }

    /// Reads one text.
    ///
    /// # Errors
    /// When the model gives no answer, or one of another shape.
    pub fn read(&self, text: &str) -> Result<Sentence, ModelFault> {
        let run = |error: String| ModelFault::Run(error.into());
        let encoded = self.tokenizer.encode(text, None).map_err(|error| run(error.to_string()))?;
        let tokens = encoded.token_ids();
        let mut ids: Vec<i32> =
            tokens.iter().take(MOST_TOKENS).filter_map(|id| i32::try_from(*id).ok()).collect();
        if let (true, Some(last), Some(end)) = (tokens.len() > MOST_TOKENS, ids.last_mut(), tokens.last()) {
            *last = i32::try_from(*end).unwrap_or(*last);
        }
        let length = ids.len();
        let input = |(id, kind): &(NodeId, Input)| {
            let numbers = match kind {
                Input::Tokens => ids.clone(),
                Input::Mask => vec![1; length],
                Input::Types => vec![0; length],
            };
            let tensor = Value::from_shape(&[1, length], numbers).map_err(|error| run(error.to_string()))?;
            Ok((*id, ValueOrView::from(tensor)))
        };
        let inputs = self.inputs.iter().map(input).collect::<Result<Vec<_>, ModelFault>>()?;
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let mut given =
            self.model.run(inputs, &[self.output], Some(options)).map_err(|error| run(error.to_string()))?;
        let numbers: Vec<f32> = match given.pop() {
            Some(Value::FloatTensor(tensor)) => tensor.into_data(),
            _ => return Err(ModelFault::Shape(0)),
        };
        mean(&numbers)
    }
}

/// The mean of all tokens, of length one: what the model was trained to have compared.
fn mean(numbers: &[f32]) -> Result<Sentence, ModelFault> {
    if numbers.is_empty() || !numbers.len().is_multiple_of(WIDTH) {
        return Err(ModelFault::Shape(numbers.len()));
    }
    let mut sentence = [0.0; WIDTH];
    for token in numbers.chunks_exact(WIDTH) {
        for (sum, number) in sentence.iter_mut().zip(token) {
            *sum += number;
        }
    }
    let length = sentence.iter().map(|number| number * number).sum::<f32>().sqrt().max(f32::EPSILON);
    for number in &mut sentence {
        *number /= length;
    }
    Ok(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_the_mean_of_its_tokens_and_has_length_one() {
        let mut numbers = vec![0.0; 2 * WIDTH];
        numbers[0] = 3.0;
        numbers[WIDTH + 1] = 4.0;
        let sentence = mean(&numbers).unwrap();
        assert!((sentence[0] - 0.6).abs() < 1e-6 && (sentence[1] - 0.8).abs() < 1e-6);
        assert!(matches!(mean(&[1.0; 5]), Err(ModelFault::Shape(5))));
        assert!(matches!(mean(&[]), Err(ModelFault::Shape(0))));
    }
}
