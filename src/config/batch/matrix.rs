//! The product of a launch's axes, in a stable order.
//!
//! The axes stand in the order of the file, the last one moves fastest, and `repeat` is an axis behind them all.

/// One axis: a placeholder's name and its values, as they were spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) values: Vec<String>,
}

/// The name of the axis that `repeat` makes.
pub(super) const REPEAT: &str = "repeat";

/// All axes of a launch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Matrix(Vec<Axis>);

impl Matrix {
    /// Of these axes, and of 1 to `repeat` if it is repeated.
    pub(super) fn new(axes: &[Axis], repeat: Option<(usize, u32)>) -> Self {
        let mut all = axes.to_vec();
        all.extend(repeat.map(|(line, times)| Axis {
            name: REPEAT.to_owned(),
            line,
            values: (1..=times).map(|nth| nth.to_string()).collect(),
        }));
        Self(all)
    }

    /// How many launches it makes, if that can be counted. One without axes.
    pub(super) fn size(&self) -> Option<usize> {
        self.0
            .iter()
            .try_fold(1_usize, |size, axis| size.checked_mul(axis.values.len()))
    }

    /// The axes' names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|axis| axis.name.as_str())
    }

    /// The values of each launch, in order.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.size().unwrap_or(0)).map(|nth| self.cell(nth))
    }

    fn cell(&self, mut nth: usize) -> Cell<'_> {
        let mut values: Vec<(&str, &str)> = Vec::with_capacity(self.0.len());
        for axis in self.0.iter().rev() {
            let of = axis.values.len();
            values.push((&axis.name, &axis.values[nth % of]));
            nth /= of;
        }
        values.reverse();
        Cell(values)
    }
}

/// One value of each axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell<'m>(Vec<(&'m str, &'m str)>);

impl<'m> Cell<'m> {
    /// The value of an axis.
    pub(super) fn value(&self, name: &str) -> Option<&'m str> {
        self.0
            .iter()
            .find(|(axis, _)| *axis == name)
            .map(|(_, value)| *value)
    }

    /// The values, in the order of the axes.
    pub(super) fn values(&self) -> impl Iterator<Item = &'m str> {
        self.0.iter().map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn axis(name: &str, values: &[&str]) -> Axis {
        Axis {
            name: name.to_owned(),
            line: 1,
            values: values.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_last_axis_moves_fastest_and_repeat_behind_it() {
        let matrix = Matrix::new(
            &[axis("lr", &["1e-4", "1e-5"]), axis("seed", &["1", "2"])],
            Some((1, 2)),
        );
        let cells: Vec<String> = matrix
            .cells()
            .map(|cell| cell.values().collect::<Vec<_>>().join(" "))
            .collect();
        let wanted = [
            "1e-4 1 1", "1e-4 1 2", "1e-4 2 1", "1e-4 2 2", "1e-5 1 1", "1e-5 1 2", "1e-5 2 1", "1e-5 2 2",
        ];
        assert_eq!(cells, wanted);
    }

    #[test]
    fn no_axis_is_one_launch_and_too_many_cannot_be_counted() {
        assert_eq!(Matrix::default().cells().count(), 1);
        let wide = axis("x", &vec!["v"; 1 << 13]);
        assert_eq!(Matrix::new(&vec![wide; 5], None).size(), None);
    }

    proptest! {
        #[test]
        fn each_combination_is_there_once_in_the_order_of_nested_loops(sizes in prop::collection::vec(1_usize..5, 0..4)) {
            let axes: Vec<Axis> = (0..).zip(&sizes).map(|(nth, size): (usize, _)| Axis {
                name: format!("a{nth}"),
                line: 1,
                values: (10..10 + size).map(|value| value.to_string()).collect(),
            }).collect();
            let matrix = Matrix::new(&axes, None);
            let cells: Vec<Vec<&str>> = matrix.cells().map(|cell| cell.values().collect()).collect();
            prop_assert_eq!(cells.len(), sizes.iter().product::<usize>());
            // Values of one length sort as the loops run: strictly, so that none is there twice.
            prop_assert!(cells.is_sorted_by(|a, b| a < b));
        }
    }
}
